// Answers requests of the wire contract in the owner, and reports them to every tab. For browsers.

import { nothingKnown } from "../../handler/known.ts";
import type { HandlerContext } from "../../handler/context.ts";
import { dispatch } from "../../handler/dispatch.ts";
import { type BeforeRunListener, eventHub, type EventListener } from "../../handler/event_hub.ts";
import { passOn, untraced } from "../../trace/span.ts";
import { UNOBSERVED_WORK } from "../../handler/work_observer.ts";
import type { RunLocks } from "../../lock/run_locks.ts";
import type { RunEvent } from "../../message/event.ts";
import type { Reply } from "../../message/any_reply.ts";
import { DEFAULT_PREFIX, requestSubject } from "../../message/subject.ts";
import type { Sandbox, SandboxEvent, WireMessage } from "../sandbox.ts";

/** What the handlers need. */
export interface WireRequestsOptions
  extends Pick<HandlerContext, "source" | "databases" | "locks" | "log" | "signal"> {
  /** Sends an event to every tab. Must neither block nor throw. */
  readonly emit: (event: SandboxEvent) => void;
}

/** Answers requests of pages, of plugins' pages and of NATS. */
export class WireRequests {
  /** The context of the handlers, which the NATS service shares. */
  readonly context: HandlerContext;
  readonly #emit: (event: SandboxEvent) => void;
  readonly #events = eventHub();
  // What has no answer yet.
  readonly #asked = new Set<Promise<unknown>>();
  // Plugins whose run has finished and still holds its lock.
  readonly #changed = new Set<string>();

  constructor({ emit, locks, ...parts }: WireRequestsOptions) {
    this.#emit = emit;
    this.context = {
      ...parts,
      locks: this.#watch(locks),
      now: () => new Date(),
      known: nothingKnown(),
      newId: () => crypto.randomUUID(),
      elapsedMs: () => performance.now(),
      publish: (event, traceparent) => this.#publish(event, traceparent),
      beforeRun: (event) => this.#events.beforeRun(event),
      beginRequest: passOn,
      span: untraced(null),
      observer: UNOBSERVED_WORK,
    };
  }

  /** Calls `listener` with every run event from now on; returns a function that ends this. */
  subscribe(listener: EventListener): () => void {
    return this.#events.subscribe(listener);
  }

  /** Lets every run that writes wait for `listener`; returns a function that ends this. */
  onBeforeRun(listener: BeforeRunListener): () => void {
    return this.#events.onBeforeRun(listener);
  }

  async request(...args: Parameters<Sandbox["request"]>): Promise<Reply> {
    const answer = this.#answer(...args);
    this.#asked.add(answer);
    try {
      return await answer;
    } finally {
      this.#asked.delete(answer);
    }
  }

  /** Reports a message to every tab. */
  tell(message: Omit<WireMessage, "at">): void {
    this.#emit({ kind: "wire", message: { at: new Date().toISOString(), ...message } });
  }

  /** Returns when every request has its reply. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#asked);
  }

  async #answer(...args: Parameters<Sandbox["request"]>): Promise<Reply> {
    const [verb, plugin, payload, via = "page"] = args;
    const subject = requestSubject(DEFAULT_PREFIX, plugin, verb);
    this.tell({ via, direction: "request", subject, payload });
    const reply = await dispatch(verb, plugin, new TextEncoder().encode(payload), this.context);
    this.tell({ via, direction: "reply", subject, payload: JSON.stringify(reply) });
    return reply;
  }

  #publish(event: RunEvent, traceparent: string | null = null): void {
    this.#emit({ kind: "run", event });
    if (event.event === "run_finished" && !event.dry_run) this.#changed.add(event.plugin_name);
    this.#events.publish(event, traceparent);
  }

  // Until the lock is released, status answers from the last snapshot of the run. So emit the
  // change of the database after the release; otherwise a page that requests status at once sees
  // the old state.
  #watch(locks: RunLocks): RunLocks {
    return {
      ...locks,
      acquire: (address, runId) => {
        const { plugin } = address;
        const lock = locks.acquire(address, runId);
        if (lock.kind !== "acquired") return lock;
        return {
          ...lock,
          release: (end) => {
            lock.release(end);
            if (this.#changed.delete(plugin)) this.#emit({ kind: "database", plugin });
          },
        };
      },
    };
  }
}
