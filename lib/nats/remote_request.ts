// Sends one request to a running service.

import { ErrorCode, NatsError } from "nats.ws";
import { requestSubject } from "../message/subject.ts";
import { connectOnce, describeNatsError, type NatsSettings, redactUrl } from "./connection.ts";

/** The reply as it came over the wire, or why there is none. */
export type RemoteAnswer =
  | { readonly ok: true; readonly reply: unknown }
  | { readonly ok: false; readonly message: string };

/** A request, and how long to wait for its reply. */
export interface RemoteRequest {
  readonly prefix: string;
  readonly plugin: string;
  readonly verb: string;
  readonly body: unknown;
  readonly timeoutMs: number;
}

/** Sends a request over NATS. Errors of NATS are returned and not thrown. */
export async function requestRemotely(
  settings: NatsSettings,
  request: RemoteRequest,
): Promise<RemoteAnswer> {
  const { prefix, plugin, verb, body, timeoutMs } = request;
  const subject = requestSubject(prefix, plugin, verb);
  try {
    const connection = await connectOnce(settings);
    try {
      const message = await connection.request(subject, JSON.stringify(body), {
        timeout: timeoutMs,
      });
      return { ok: true, reply: message.json() };
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (error instanceof NatsError && error.code === ErrorCode.NoResponders) {
      return {
        ok: false,
        message: `No godwit service answers ${subject}; start one with: deno task serve`,
      };
    }
    if (error instanceof NatsError && error.code === ErrorCode.Timeout) {
      return {
        ok: false,
        message:
          `No reply on ${subject} within ${timeoutMs} ms; ask for status before trying again`,
      };
    }
    return {
      ok: false,
      message: `Cannot ask ${redactUrl(settings.url)}: ${describeNatsError(error)}`,
    };
  }
}
