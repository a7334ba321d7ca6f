// Answers /healthz, /readyz and /metrics over HTTP. For Deno.

import { EXPOSITION_TYPE, expositionText } from "../metrics/exposition.ts";
import type { Family } from "../metrics/family.ts";
import { type Outcome, reasonOf } from "../outcome.ts";
import { VERSION } from "../version.ts";
import type { Readiness } from "./readiness.ts";

/** Where to listen. */
export interface HttpAddress {
  readonly hostname: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** What the addresses answer with. */
export interface OperationsAnswers {
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: () => Promise<readonly Family[]>;
}

/** A server that listens. Dispose of it to close it. */
export interface OperationsServer extends AsyncDisposable {
  /** Its URL, with the port that it has. */
  readonly url: string;
}

/** Listens; fails where the address is taken or not allowed. */
export function startOperationsServer(
  { hostname, port }: HttpAddress,
  answers: OperationsAnswers,
): Outcome<OperationsServer, "cannot-listen"> {
  const stop = new AbortController();
  try {
    const server = Deno.serve(
      { hostname, port, signal: stop.signal, onListen() {} },
      (request) => answer(request, answers),
    );
    const { addr } = server;
    const host = addr.hostname.includes(":") ? `[${addr.hostname}]` : addr.hostname;
    return {
      ok: true,
      value: {
        url: `http://${host}:${addr.port}`,
        // shutdown() would wait for idle connections of clients.
        async [Symbol.asyncDispose]() {
          stop.abort();
          await server.finished;
        },
      },
    };
  } catch (error) {
    const message = `Cannot listen on ${hostname}:${port}: ${reasonOf(error)}; ` +
      `name another address with --http`;
    return { ok: false, code: "cannot-listen", message };
  }
}

const ADDRESSES = "/healthz, /readyz and /metrics";

async function answer(
  request: Request,
  { readiness, metrics }: OperationsAnswers,
): Promise<Response> {
  const path = new URL(request.url).pathname;
  if (request.method !== "GET" && request.method !== "HEAD") {
    return text(`Only GET is answered here, on ${ADDRESSES}`, 405, { allow: "GET, HEAD" });
  }
  switch (path) {
    case "/healthz":
      return json({ status: "ok", version: VERSION }, 200);
    case "/readyz": {
      const checks = await readiness();
      const isReady = Object.values(checks).every((reason) => reason === null);
      const named = Object.entries(checks).map(([name, reason]) => [name, reason ?? "ok"]);
      return json(
        { status: isReady ? "ready" : "not ready", checks: Object.fromEntries(named) },
        isReady ? 200 : 503,
      );
    }
    case "/metrics":
      return text(expositionText(await metrics()), 200, { "content-type": EXPOSITION_TYPE });
    default:
      return text(`Nothing is here; there are ${ADDRESSES}`, 404);
  }
}

function json(value: unknown, status: number): Response {
  return text(JSON.stringify(value), status, { "content-type": "application/json" });
}

function text(
  body: string,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body.endsWith("\n") ? body : `${body}\n`, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}
