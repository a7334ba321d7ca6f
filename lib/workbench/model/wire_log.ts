// Pairs requests with their replies, and keeps the latest. Pure; runs anywhere.

import type { WireMessage } from "../../browser/sandbox.ts";

/** A request and its reply. */
export interface Exchange {
  /** Ascending; the newest exchange has the highest number. */
  readonly id: number;
  readonly via: WireMessage["via"];
  readonly subject: string;
  /** The token of the subject that names the plugin. */
  readonly plugin: string;
  readonly verb: string;
  /** `null` if the log started after the request. */
  readonly request: WireMessage | null;
  readonly reply: WireMessage | null;
}

/** The most exchanges to keep. */
export const WIRE_LOG_SIZE = 200;

/** Adds a message. Drops the oldest exchange beyond `WIRE_LOG_SIZE`. */
export function addMessage(log: readonly Exchange[], message: WireMessage): readonly Exchange[] {
  if (message.direction === "reply") {
    const index = log.findIndex((each) =>
      each.reply === null && each.subject === message.subject && each.via === message.via
    );
    const asked = log[index];
    if (asked !== undefined) return log.with(index, { ...asked, reply: message });
  }
  const tokens = message.subject.split(".");
  const exchange: Exchange = {
    id: (log.at(-1)?.id ?? 0) + 1,
    via: message.via,
    subject: message.subject,
    plugin: tokens.at(-2) ?? "",
    verb: tokens.at(-1) ?? "",
    request: message.direction === "request" ? message : null,
    reply: message.direction === "reply" ? message : null,
  };
  return [...log, exchange].slice(-WIRE_LOG_SIZE);
}

/** The outcome of a request. */
export type ReplyVerdict = "waiting" | "success" | "failure" | "unreadable";

/** Reads the outcome from a reply's payload. */
export function verdictOf({ reply }: Exchange): ReplyVerdict {
  if (reply === null) return "waiting";
  const value = parse(reply.payload);
  if (typeof value !== "object" || value === null || !("success" in value)) return "unreadable";
  return value.success === true ? "success" : "failure";
}

/** Indents JSON. Returns text that is not JSON unchanged. */
export function prettyPayload(payload: string): string {
  const value = parse(payload);
  return value === undefined ? payload : JSON.stringify(value, null, 2);
}

/** Milliseconds from the request to its reply; `null` if either is missing. */
export function exchangeMs({ request, reply }: Exchange): number | null {
  if (request === null || reply === null) return null;
  const ms = Date.parse(reply.at) - Date.parse(request.at);
  return Number.isNaN(ms) ? null : Math.max(ms, 0);
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
