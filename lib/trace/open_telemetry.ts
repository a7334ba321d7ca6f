// Spans by the API of OpenTelemetry. Loaded only where a program has turned telemetry on.

import {
  type Context,
  context as contexts,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { Span, SpanAttributes } from "./span.ts";
import { VERSION } from "../version.ts";

/** Begins the span of a request, within the span of the client where `parent` names one. */
export function beginServerSpan(
  parent: string | null,
  name: string,
  attributes: SpanAttributes,
): Span {
  const outer = parent === null
    ? contexts.active()
    : propagation.extract(ROOT_CONTEXT, { traceparent: parent });
  return beginSpan(outer, name, { attributes, kind: SpanKind.SERVER });
}

function beginSpan(
  outer: Context,
  name: string,
  options: {
    readonly attributes: SpanAttributes;
    readonly kind?: SpanKind;
    readonly startTime?: number;
  },
): Span {
  // The provider may be registered later than this module is loaded.
  const span = trace.getTracer("godwit", VERSION).startSpan(name, options, outer);
  const inner = trace.setSpan(outer, span);
  const headers: { traceparent?: string } = {};
  propagation.inject(inner, headers);
  return {
    traceparent: headers.traceparent ?? null,
    begin: (part, parts = {}, agoMs = 0) =>
      beginSpan(inner, part, {
        attributes: parts,
        ...(agoMs === 0 ? {} : { startTime: Date.now() - agoMs }),
      }),
    note: (more) => span.setAttributes(more),
    end(errorCode) {
      if (errorCode !== null) {
        span.setAttribute("error.type", errorCode);
        span.setStatus({ code: SpanStatusCode.ERROR, message: errorCode });
      }
      span.end();
    },
  };
}
