// The headers of replies: the trace that one belongs to, and what a failure is for clients that know
// no more than NATS services.

import { headers, type MsgHdrs, ServiceErrorCodeHeader, ServiceErrorHeader } from "nats.ws";
import type { Reply } from "../message/any_reply.ts";
import type { ErrorCode } from "../message/reply.ts";
import { traceHeaders } from "./trace_headers.ts";

// Codes as in HTTP, for the header Nats-Service-Error-Code:
// https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-32.md
const SERVICE_CODES: Readonly<Record<ErrorCode, number>> = {
  INVALID_REQUEST: 400,
  PLUGIN_NOT_FOUND: 404,
  MIGRATION_IN_PROGRESS: 409,
  PLAN_CHANGED: 409,
  VALIDATION_FAILED: 422,
  MIGRATION_FAILED: 500,
  ROLLBACK_FAILED: 500,
  CANCELLED: 409,
  BACKUP_NOT_FOUND: 404,
  RESTORE_FAILED: 409,
  DATABASE_UNAVAILABLE: 503,
  RESPONSE_TOO_LARGE: 500,
  INTERNAL_ERROR: 500,
};

/** The options that send a reply. */
export function replyHeaders(
  reply: Reply,
  traceparent: string | null,
): { readonly headers?: MsgHdrs } {
  const traced = traceHeaders(traceparent);
  if (reply.success) return traced;
  const fields = traced.headers ?? headers();
  fields.set(ServiceErrorCodeHeader, String(SERVICE_CODES[reply.error_code]));
  // The header takes one line; the whole message is in the reply.
  fields.set(ServiceErrorHeader, reply.message.replaceAll(/\s+/g, " ").slice(0, 200));
  return { headers: fields };
}
