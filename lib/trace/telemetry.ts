// Traces requests where telemetry is on: OTEL_DENO=true in Deno, or an SDK that a program has
// registered. Otherwise nothing is loaded. Runs anywhere.

import { type BeginRequest, untraced } from "./span.ts";

// Where every implementation registers itself:
// https://github.com/open-telemetry/opentelemetry-js/blob/main/api/src/internal/global-utils.ts
const REGISTRY = Symbol.for("opentelemetry.js.api.1");

/** Begins the span of a request. */
export function beginTraced(...request: Parameters<BeginRequest>): ReturnType<BeginRequest> {
  const [parent] = request;
  return Object.hasOwn(globalThis, REGISTRY)
    ? import("./open_telemetry.ts").then(({ beginServerSpan }) => beginServerSpan(...request))
    : untraced(parent);
}
