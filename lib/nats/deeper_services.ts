// Finds the services whose prefix is longer than that of this one, and begins with it.

import { createInbox, type NatsConnection } from "nats.ws";
import * as v from "valibot";
import type { Log } from "../handler/context.ts";
import { sleep } from "../deadline.ts";
import { requestParts } from "../message/subject.ts";
import { INBOX_PREFIX } from "./inboxes.ts";

/** Who else answers a request. */
export type Answering =
  | "no other service"
  | "a deeper service"
  /** The service could not look for others. */
  | "unknown";

// The discovery of NATS services, as in
// https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-32.md
const INFO_SUBJECT = "$SRV.INFO.godwit";

// Services answer within a few milliseconds; one that takes longer has lost its server.
const ANSWERS_MS = 500;
const KNOWN_MS = 60_000;

const InfoSchema = v.object({ metadata: v.object({ prefix: v.string() }) });

/**
 * Tells requests of deeper services from those whose plugin name has dots: both have the same
 * subjects. What is asked is remembered for a minute where it was found, and never where it was not.
 */
export class DeeperServices {
  readonly #connection: NatsConnection;
  readonly #prefix: string;
  readonly #log: Log;
  #known: { readonly prefixes: readonly string[]; readonly atMs: number } | null = null;
  #asking: Promise<readonly string[]> | null = null;

  constructor(connection: NatsConnection, prefix: string, log: Log) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#log = log;
  }

  /** Who else answers requests on a subject. It never rejects. */
  async answering(subject: string): Promise<Answering> {
    const { prefixes = [], atMs = -Infinity } = this.#known ?? {};
    const isFresh = performance.now() - atMs < KNOWN_MS;
    if (isFresh && isCovered(subject, prefixes)) return "a deeper service";
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    const found = await this.#asking;
    // This service is among those that answer.
    if (!found.includes(this.#prefix)) {
      this.#log("warn", "A request with a dotted plugin name was not answered", {
        subject,
        reason: "it may be for a service under a longer prefix, and none could be asked",
        remedy:
          `allow this user to publish to ${INFO_SUBJECT} and to subscribe to ${INBOX_PREFIX}.>`,
      });
      return "unknown";
    }
    return isCovered(subject, this.#known?.prefixes ?? [])
      ? "a deeper service"
      : "no other service";
  }

  async #ask(): Promise<readonly string[]> {
    const found = new Set<string>();
    const inbox = createInbox(INBOX_PREFIX);
    const replies = this.#connection.subscribe(inbox, {
      callback(error, message) {
        if (error !== null) return;
        const info = v.safeParse(InfoSchema, readJson(message.data));
        if (info.success) found.add(info.output.metadata.prefix);
      },
    });
    // Without a permission to subscribe, no service is heard of.
    replies.closed.catch(() => {});
    try {
      this.#connection.publish(INFO_SUBJECT, "", { reply: inbox });
      await sleep(ANSWERS_MS);
      replies.unsubscribe();
    } catch {
      // The connection was closed.
    }
    const prefixes = [...found].filter((prefix) => prefix.startsWith(`${this.#prefix}.`));
    this.#known = { prefixes, atMs: performance.now() };
    return [...found];
  }
}

/** A request has at least a plugin and a verb after the prefix of its service. */
function isCovered(subject: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) =>
    subject.startsWith(`${prefix}.`) && requestParts(subject, prefix).length >= 2
  );
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
