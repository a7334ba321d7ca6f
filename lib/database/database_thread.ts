// A worker thread with SQLite in it, and the sessions that are held on it. Runs anywhere.

import * as Comlink from "comlink";
import { databaseName } from "../plan/database_address.ts";
import type { HostedDatabase } from "./database_host.ts";
import { Ending } from "./ending.ts";
import {
  callWithin,
  deadlineIn,
  isOverdue,
  type Overdue,
  sendDeadline,
  sharedFlags,
  within,
} from "../deadline.ts";
import type { Failed, Outcome } from "../outcome.ts";
import { stoppedFinding } from "../rule/rehearsal_findings.ts";
import type { PlanOutline } from "./prepare.ts";
import type { DatabaseCode, DatabaseOutcome, DatabaseSession, SessionTarget } from "./session.ts";
import { STATE } from "./thread_state.ts";

// SQL is interrupted between two steps of SQLite's virtual machine, and one step, such as a search
// for a long text in a long text, may run without end. A thread that is this late is given up.
const REHEARSAL_GRACE_MS = 3_000;
// A COMMIT waits for the disk and is not interrupted.
const EXECUTION_GRACE_MS = 5_000;
// Reading history and schema, and merging a write-ahead log.
const UPKEEP_LIMIT_MS = 60_000;
const SILENT = {
  ok: false,
  code: "unanswered",
  message: "The database did not answer within a minute",
} as const;
const STOPPED = {
  ok: false,
  code: "cancelled",
  message: "Stopped, because the databases are being closed",
} as const;

// A thread whose SQLite took more is ended: WebAssembly never frees memory.
const REUSABLE_HEAP_BYTES = 256 * 1024 * 1024;

/**
 * Plans whose rehearsal held a thread up, by their hashes, and the steps before that. Deno ends a
 * thread only between two of its tasks; asked again and again, the same rehearsal would take every
 * core there is.
 */
export type EndlessRehearsals = Map<string, number>;

/**
 * Names of databases that a thread has open that does not answer. Another thread must not open
 * them: a descriptor that the first one closes would drop the locks of the second. Such a thread is
 * not terminated, because then nothing would say when its descriptors are closed; it closes the
 * database by itself when the operation of SQLite ends.
 */
export type LostDatabases = Set<string>;

/** A thread that runs SQLite. `Host` is what it offers. */
export class DatabaseThread<Host extends HostedDatabase> {
  /** What the thread offers; call it through `call()`. */
  readonly remote: Comlink.Remote<Host>;
  /** The version of its SQLite. */
  readonly engineVersion: string;
  readonly #thread: Worker;
  readonly #death: Ending;
  #isSound = true;
  // The call during which the thread stopped to answer, with a database open.
  #unanswered: Promise<unknown> | null = null;
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
    thread: Worker,
    start: (remote: Comlink.Remote<Host>) => Promise<string>,
  ): Promise<DatabaseThread<Host>> {
    const death = new Ending();
    thread.addEventListener("error", (event) => {
      event.preventDefault();
      death.fail(new Error(`The database worker died: ${event.message}`));
    });
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

  /** Ends the thread; one that has a database open ends once it has closed it. */
  end(): void {
    this.#isSound = false;
    if (this.#unanswered === null) this.#thread.terminate();
    else this.#unanswered.finally(() => this.#thread.terminate());
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

  /** Opens a database; `giveBack` is called once it is closed, or where it cannot be opened. */
  async openSession(
    target: SessionTarget,
    endless: EndlessRehearsals,
    lost: LostDatabases | null,
    giveBack: () => void,
  ): Promise<DatabaseSession> {
    const name = target.kind === "plugin" ? databaseName(target) : null;
    if (name !== null && lost?.has(name)) {
      giveBack();
      return refusedSession(name);
    }
    // The call during which the thread may have the database open, until it is answered.
    let open: Promise<unknown> | null = null;
    const track = <Answer extends Promise<unknown>>(answer: Answer): Answer => {
      const settle = (): void => {
        if (open === settled) open = null;
      };
      const settled = answer.then(settle, settle);
      open = settled;
      return answer;
    };
    const remote: Comlink.Remote<HostedDatabase> = this.remote;
    const state = sharedFlags();
    const close = async (): Promise<void> => {
      try {
        if (open !== null && name !== null && lost !== null) {
          lost.add(name);
          this.#unanswered = open.then(() => void lost.delete(name));
        }
        if (!this.#isSound) return;
        const heapBytes = await this.call(within(UPKEEP_LIMIT_MS, remote.close()));
        if (!isOverdue(heapBytes)) this.#isLarge = heapBytes > REUSABLE_HEAP_BYTES;
      } finally {
        giveBack();
      }
    };
    try {
      await this.call(remote.open(target, state));
    } catch (error) {
      await close();
      throw error;
    }
    return {
      history: () => this.#isSound ? this.upkeep(track(remote.history())) : Promise.resolve(SILENT),
      prepare: async (request, deadline, onPlanned = () => {}) => {
        const sent = sendDeadline(deadline);
        const planned = Promise.withResolvers<PlanOutline>();
        const answer = remote.prepare(
          request,
          endless,
          sent,
          Comlink.proxy((outline) => {
            onPlanned(outline);
            planned.resolve(outline);
          }),
        );
        // Reading the database may wait for another program; only what follows has the caller's
        // limit.
        const outline = await this.call(
          within(UPKEEP_LIMIT_MS, Promise.race([planned.promise, answer.then(() => null)])),
        );
        if (outline === null) return await answer;
        if (isOverdue(outline)) {
          track(answer);
          return SILENT;
        }
        const outcome = await this.call(
          callWithin(deadline, REHEARSAL_GRACE_MS, answer, sent),
        );
        if (!isOverdue(outcome)) return outcome;
        if (state === null || Atomics.load(state, STATE.isOpen) !== 0) track(answer);
        const rehearsed = state === null ? 0 : Atomics.load(state, STATE.rehearsed);
        endless.set(outline.hash, rehearsed);
        return { ok: true, value: interruptedOutline(outline, outcome, rehearsed) };
      },
      execute: async (hash, request, deadline, onEvent) => {
        const sent = sendDeadline(deadline);
        const answer = track(remote.execute(hash, request, sent, Comlink.proxy(onEvent)));
        const outcome = await this.call(callWithin(deadline, EXECUTION_GRACE_MS, answer, sent));
        return isOverdue(outcome) ? unansweredRun(outcome, request.dryRun) : outcome;
      },
      [Symbol.asyncDispose]: close,
    };
  }
}

function refusedSession(name: string): DatabaseSession {
  const refuse = <T>(): Promise<DatabaseOutcome<T>> =>
    Promise.resolve({
      ok: false,
      code: "unavailable",
      message:
        `An operation of SQLite on the database of "${name}" went on beyond its time limit and ` +
        `cannot be interrupted; wait until it has ended, or restart the service`,
    });
  return {
    history: refuse,
    prepare: refuse,
    execute: refuse,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The outline of a plan whose rehearsal holds the thread up, after `rehearsed` steps. */
function interruptedOutline(
  outline: PlanOutline,
  reason: Overdue,
  rehearsed: number,
): PlanOutline {
  const unknown = { version: null, name: null, file: null };
  const stopped = stoppedFinding({ ...(outline.steps[rehearsed] ?? unknown), reason });
  return { ...outline, findings: [...outline.findings, stopped], interrupted: reason };
}

function unansweredRun(why: Overdue, dryRun: boolean): Failed<DatabaseCode> {
  const reason = why === "timeout" ? "The time limit was reached" : "The service is stopping";
  const kept = dryRun
    ? "nothing is kept"
    : "the migration that was running is undone unless its COMMIT had begun";
  return {
    ok: false,
    code: "unanswered",
    message: `${reason} inside one operation of SQLite, which cannot be interrupted; ${kept}. ` +
      `The database is not opened again before the service is started anew; ask for status then`,
  };
}
