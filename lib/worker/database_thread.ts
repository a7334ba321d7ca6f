// A worker thread with SQLite in it, and the sessions that are held on it. Runs anywhere.

import * as Comlink from "comlink";
import { databaseName } from "../plan/database_address.ts";
import type { HostedDatabase } from "./database_host.ts";
import { Ending } from "./ending.ts";
import { isOverdue, type Overdue, patiently, sharedFlag, within } from "./patience.ts";
import type { DatabaseSession, Outcome, RehearsalReport, SessionTarget } from "./session.ts";

// SQL is interrupted between two steps of SQLite's virtual machine, and one step, such as a search for a
// long text in a long text, may take for ever. A thread that is this late will not answer any more.
const REHEARSAL_GRACE_MS = 3_000;
// A COMMIT waits for the disk and is not interrupted.
const EXECUTION_GRACE_MS = 5_000;
// Reading history and schema, and merging a write-ahead log.
const UPKEEP_LIMIT_MS = 60_000;
const SILENT = { ok: false, message: "The database did not answer within a minute" } as const;
const STOPPED = { ok: false, message: "Stopped, for the databases are being closed" } as const;

// A thread whose SQLite took more is ended, for WebAssembly never gives memory back.
const REUSABLE_HEAP_BYTES = 256 * 1024 * 1024;

/**
 * Rehearsals that held a thread up, by what was rehearsed. Deno ends a thread only between two of its
 * tasks; asked again and again, the same rehearsal would take every core there is.
 */
export type EndlessRehearsals = Set<string>;

/**
 * Names of databases that a thread had open when it was ended. Nothing says when its locks and descriptors
 * are gone, and a descriptor that is closed later drops the locks of whichever thread has the database
 * then; so this process does not open these databases again.
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
  #isSilent = false;
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
   * Says whether the thread may be used again. What it throws is a bug, or an instance of SQLite that
   * ran out of memory; one that does not answer is no better.
   */
  get isSound(): boolean {
    return this.#isSound;
  }

  /** Whether it has more memory than a thread that waits for work should; it works as well as before. */
  get isLarge(): boolean {
    return this.#isLarge;
  }

  /** Ends the thread, whatever it does. */
  end(): void {
    this.#isSound = false;
    this.#thread.terminate();
  }

  /** Waits for a call's answer, or for the thread's death. */
  async call<T>(answer: T): Promise<Awaited<T>> {
    try {
      const settled = await this.#death.before(answer);
      if (isOverdue(settled)) {
        this.#isSound = false;
        this.#isSilent = true;
      }
      return settled;
    } catch (error) {
      this.#isSound = false;
      this.#isSilent = this.#death.isOver;
      throw error;
    }
  }

  /** Waits for a call that is short by nature. */
  async upkeep<T>(answer: Promise<Outcome<T>>): Promise<Outcome<T>> {
    const outcome = await this.call(within(UPKEEP_LIMIT_MS, answer));
    return isOverdue(outcome) ? SILENT : outcome;
  }

  /** Waits as `upkeep()` does, until `signal` says that nobody wants the answer any more. */
  async upkeepUntil<T>(
    signal: AbortSignal,
    answer: Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const patience = { signal, timeoutMs: UPKEEP_LIMIT_MS };
    const outcome = await this.call(patiently(patience, 0, () => answer));
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
    const lose = (): void => {
      if (name !== null) lost?.add(name);
    };
    /** Runs a call during which the thread may have the database open. */
    const withDatabase = async <T>(answer: Promise<T>): Promise<T> => {
      try {
        return await answer;
      } finally {
        // What the thread throws has closed the database; one that is silent or dead may not have.
        if (this.#isSilent) lose();
      }
    };
    const remote: Comlink.Remote<HostedDatabase> = this.remote;
    const close = async (): Promise<void> => {
      try {
        if (!this.#isSound) return;
        const heapBytes = await this.call(within(UPKEEP_LIMIT_MS, remote.close()));
        if (!isOverdue(heapBytes)) this.#isLarge = heapBytes > REUSABLE_HEAP_BYTES;
      } finally {
        giveBack();
      }
    };
    try {
      await this.call(remote.open(target));
    } catch (error) {
      await close();
      throw error;
    }
    return {
      inspect: () => withDatabase(this.upkeep(remote.inspect())),
      history: () => withDatabase(this.upkeep(remote.history())),
      rehearse: async (steps, patience) => {
        const subject = JSON.stringify([target, steps]);
        if (endless.has(subject)) return interruptedRehearsal("timeout");
        const flag = sharedFlag();
        const outcome = await this.call(
          patiently(patience, REHEARSAL_GRACE_MS, (wire) => remote.rehearse(steps, wire), flag),
        );
        if (!isOverdue(outcome)) return outcome;
        if (flag === null || Atomics.load(flag, 1) !== 0) lose();
        endless.add(subject);
        return interruptedRehearsal(outcome);
      },
      execute: async (plan, request, patience, onEvent) => {
        const outcome = await withDatabase(this.call(
          patiently(
            patience,
            EXECUTION_GRACE_MS,
            (wire) => remote.execute(plan, request, wire, Comlink.proxy(onEvent)),
          ),
        ));
        return isOverdue(outcome) ? unansweredRun(outcome, request.dryRun) : outcome;
      },
      [Symbol.asyncDispose]: close,
    };
  }
}

function refusedSession(name: string): DatabaseSession {
  const refuse = <T>(): Promise<Outcome<T>> =>
    Promise.resolve({
      ok: false,
      message: `A thread was ended while it had the database of "${name}" open, because an ` +
        `operation of SQLite did not end; restart the service to use it again`,
    });
  return {
    inspect: refuse,
    history: refuse,
    rehearse: refuse,
    execute: refuse,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function interruptedRehearsal(interrupted: Overdue): Outcome<RehearsalReport> {
  return { ok: true, value: { rehearsal: { steps: [], interrupted }, losses: new Map() } };
}

function unansweredRun(why: Overdue, dryRun: boolean): { ok: false; message: string } {
  const reason = why === "timeout" ? "The time limit was reached" : "The service is stopping";
  const kept = dryRun
    ? "nothing is kept"
    : "the migration that was running is undone unless its COMMIT had begun";
  return {
    ok: false,
    message: `${reason} inside one operation of SQLite, which cannot be interrupted; ${kept}. ` +
      `The database is not opened again before the service is started anew; ask for status then`,
  };
}
