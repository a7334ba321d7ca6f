// A worker thread with SQLite in it, and the sessions that are held on it. Runs anywhere.

import * as Comlink from "comlink";
import {
  callWithin,
  type Deadline,
  deadlineIn,
  isOverdue,
  type Overdue,
  type WireDeadline,
  within,
} from "../deadline.ts";
import type { Outcome } from "../outcome.ts";
import type { HostedDatabase } from "./database_host.ts";
import type { Ending } from "./ending.ts";
import { failingSession } from "./failing_session.ts";
import {
  type EndlessRehearsals,
  REHEARSAL_GRACE_MS,
  RemoteSession,
  type SessionThread,
  UPKEEP_LIMIT_MS,
} from "./remote_session.ts";
import type { DatabaseOutcome, DatabaseSession, SessionTarget } from "./session.ts";
import type { StartedThread } from "./started_thread.ts";
import type { StuckThreads } from "./stuck_threads.ts";
import { SILENT, STOPPED } from "./unanswered.ts";

// A thread whose SQLite took more is ended: WebAssembly never frees memory.
const REUSABLE_HEAP_BYTES = 256 * 1024 * 1024;

/** A thread that runs SQLite. `Host` is what it offers. */
export class DatabaseThread<Host extends HostedDatabase> implements SessionThread {
  /** What the thread offers; call it through `call()`. */
  readonly remote: Comlink.Remote<Host>;
  /** The version of its SQLite. */
  readonly engineVersion: string;
  readonly #thread: Worker;
  readonly #death: Ending;
  #isSound = true;
  // Settles when the operation ends during which the thread stopped to answer.
  #freed: Promise<void> | null = null;
  #isLarge = false;

  private constructor(
    thread: Worker,
    remote: Comlink.Remote<Host>,
    death: Ending,
    engineVersion: string,
  ) {
    this.#thread = thread;
    this.remote = remote;
    this.#death = death;
    this.engineVersion = engineVersion;
  }

  /** Lets `start` start SQLite in a fresh thread; ends the thread where that fails. */
  static async start<Host extends HostedDatabase>(
    { worker: thread, death }: StartedThread,
    start: (remote: Comlink.Remote<Host>) => Promise<string>,
  ): Promise<DatabaseThread<Host>> {
    const remote = Comlink.wrap<Host>(thread);
    try {
      const version = await death.before(start(remote));
      return new DatabaseThread<Host>(thread, remote, death, version);
    } catch (error) {
      thread.terminate();
      throw error;
    }
  }

  /**
   * Says whether the thread may be used again. What it throws is a bug, or an instance of SQLite
   * that ran out of memory; one that does not answer is no better.
   */
  get isSound(): boolean {
    return this.#isSound;
  }

  /** Whether it has more memory than an idle thread should have. */
  get isLarge(): boolean {
    return this.#isLarge;
  }

  /**
   * Ends the thread; a stuck one once its operation ends, because nothing else shows when its core
   * is free and its descriptors are closed.
   */
  end(): void {
    this.#isSound = false;
    if (this.#freed === null) this.#thread.terminate();
    else this.#freed.finally(() => this.#thread.terminate());
  }

  giveUp(): void {
    this.#isSound = false;
  }

  isStuckUntil(freed: Promise<void>): void {
    this.#freed = freed;
  }

  isClosed(heapBytes: number): void {
    this.#isLarge = heapBytes > REUSABLE_HEAP_BYTES;
  }

  /** Waits for a call's answer, or for the thread's death. */
  async call<T>(answer: T): Promise<Awaited<T>> {
    try {
      const settled = await this.#death.before(answer);
      if (isOverdue(settled)) this.#isSound = false;
      return settled;
    } catch (error) {
      this.#isSound = false;
      throw error;
    }
  }

  /** Waits for a short call. */
  async upkeep<T>(answer: Promise<DatabaseOutcome<T>>): Promise<DatabaseOutcome<T>> {
    const outcome = await this.call(within(UPKEEP_LIMIT_MS, answer));
    return isOverdue(outcome) ? SILENT : outcome;
  }

  /** Waits as `upkeep()` does, until `signal` is aborted. */
  async upkeepUntil<T>(
    signal: AbortSignal,
    answer: Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const deadline = deadlineIn(UPKEEP_LIMIT_MS, signal);
    const outcome = await this.call(callWithin(deadline, 0, answer, { cancelFlag: null }));
    if (!isOverdue(outcome)) return outcome;
    return outcome === "timeout" ? SILENT : STOPPED;
  }

  /** Waits for a call that ends by itself at `deadline`, of which the thread has `sent`. */
  async callUntil<T>(
    deadline: Deadline<AbortSignal>,
    answer: Promise<T>,
    sent: WireDeadline,
  ): Promise<Awaited<T> | Overdue> {
    return await this.call(callWithin(deadline, REHEARSAL_GRACE_MS, answer, sent));
  }

  /**
   * Opens a database; `giveBack` is called once it is closed, or where it cannot be opened. `stuck`
   * is `null` where a thread can be ended at any time.
   */
  async openSession(
    target: SessionTarget,
    endless: EndlessRehearsals,
    stuck: StuckThreads | null,
    giveBack: () => void,
  ): Promise<DatabaseSession> {
    const address = target.kind === "plugin" ? target : null;
    const refusal = address === null ? null : stuck?.whyNotOpened(address) ?? null;
    if (refusal !== null) {
      giveBack();
      return failingSession(refusal);
    }
    return await RemoteSession.open(this, { target, endless, stuck, giveBack });
  }
}
