// Carries traces in the headers of messages, as other programs expect them.
// https://www.w3.org/TR/trace-context/#traceparent-header

import { headers, type MsgHdrs } from "nats.ws";
import { parseTraceparent } from "../trace/span.ts";

const TRACEPARENT = "traceparent";

/** The trace that a message belongs to; `null` where it names none. */
export function traceparentOf(given: MsgHdrs | undefined): string | null {
  return parseTraceparent(given?.get(TRACEPARENT));
}

/** The options that publish a message as part of a trace. */
export function traceHeaders(traceparent: string | null): { readonly headers?: MsgHdrs } {
  if (traceparent === null) return {};
  const traced = headers();
  traced.set(TRACEPARENT, traceparent);
  return { headers: traced };
}
