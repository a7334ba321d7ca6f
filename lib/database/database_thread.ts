// A worker thread with SQLite in it, and the sessions that are held on it. Runs anywhere.

import * as Comlink from "comlink";
import type { HostedDatabase } from "./database_host.ts";
import { Ending } from "./ending.ts";
import {
  callWithin,
  type Deadline,
  deadlineIn,
  isOverdue,
  type Overdue,
  sendDeadline,
  type WireDeadline,
  within,
} from "../deadline.ts";
import type { Failed, Outcome } from "../outcome.ts";
import { stoppedFinding } from "../rule/rehearsal_findings.ts";
import type { PlanOutline } from "./prepare.ts";
import type { RestoreOutcome } from "./database_backups.ts";
import type {
  DatabaseCode,
  DatabaseOutcome,
  DatabaseSession,
  ExecutionReport,
  SessionTarget,
} from "./session.ts";
import type { StuckThreads } from "./stuck_threads.ts";
import { awaitExecution, unansweredRestore, unansweredRun } from "./await_execution.ts";
import { batches, transferred } from "./transfer_files.ts";
import { STATE, threadState } from "./thread_state.ts";

// SQL is interrupted between two steps of SQLite's virtual machine, and one step, such as a search
// for a long text in a long text, may run without end. A thread that is this late is given up.
const REHEARSAL_GRACE_MS = 3_000;
// A copy ends between two pages, and its last flush waits for the disk.
const COPY_GRACE_MS = 5_000;
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
  message: "Cancelled before the database was read",
} as const;

// A thread whose SQLite took more is ended: WebAssembly never frees memory.
const REUSABLE_HEAP_BYTES = 256 * 1024 * 1024;

/** Plans whose rehearsal held a thread up, by their hashes, and the steps before that. */
export type EndlessRehearsals = Map<string, number>;

/** A thread that runs SQLite. `Host` is what it offers. */
export class DatabaseThread<Host extends HostedDatabase> {
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

  /**
   * Ends the thread; a stuck one once its operation ends, because nothing else shows when its core
   * is free and its descriptors are closed.
   */
  end(): void {
    this.#isSound = false;
    if (this.#freed === null) this.#thread.terminate();
    else this.#freed.finally(() => this.#thread.terminate());
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
    const { plugin } = target;
    const address = target.kind === "plugin" ? target : null;
    const refusal = address === null ? null : stuck?.whyNotOpened(address) ?? null;
    if (refusal !== null) {
      giveBack();
      return failingSession(refusal);
    }
    // The last call that is not answered, and whether the thread may have the database open in it.
    let unanswered: { readonly settled: Promise<void>; readonly isOpen: boolean } | null = null;
    const track = <Answer extends Promise<unknown>>(answer: Answer, isOpen: boolean): Answer => {
      const settle = (): void => {
        if (unanswered === call) unanswered = null;
      };
      const call = { settled: answer.then(settle, settle), isOpen };
      unanswered = call;
      return answer;
    };
    const remote: Comlink.Remote<HostedDatabase> = this.remote;
    const state = threadState();
    const close = async (): Promise<void> => {
      try {
        if (unanswered !== null && stuck !== null) {
          const { settled, isOpen } = unanswered;
          this.#freed = stuck.add({ plugin, open: isOpen ? address : null }, settled);
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
    const runUntil = async <T, Code extends string>(
      doing: string,
      deadline: Deadline<AbortSignal>,
      call: (sent: WireDeadline) => Promise<Outcome<T, Code>>,
    ): Promise<Outcome<T, Code | DatabaseCode>> => {
      if (!this.#isSound) return SILENT;
      const sent = sendDeadline(deadline);
      const outcome = await this.call(callWithin(deadline, COPY_GRACE_MS, call(sent), sent));
      return isOverdue(outcome) ? unansweredCopy(outcome, doing) : outcome;
    };
    return {
      history: () =>
        this.#isSound ? this.upkeep(track(remote.history(), true)) : Promise.resolve(SILENT),
      log: (range) =>
        this.#isSound ? this.upkeep(track(remote.log(range), true)) : Promise.resolve(SILENT),
      load: async (files) => {
        for await (const batch of batches(files)) {
          const taken = this.call(within(UPKEEP_LIMIT_MS, remote.addFiles(transferred(batch))));
          if (isOverdue(await taken)) return SILENT;
        }
        return { ok: true, value: await this.call(remote.files()) };
      },
      prepare: async (target, deadline, onPlanned = () => {}) => {
        if (!this.#isSound) return SILENT;
        const refusal = stuck?.whyNotRun(plugin) ?? null;
        if (refusal !== null) return refusal;
        const sent = sendDeadline(deadline);
        const planned = Promise.withResolvers<PlanOutline>();
        const answer = remote.prepare(
          target,
          endless,
          sent,
          Comlink.proxy((outline) => {
            onPlanned(outline);
            planned.resolve(outline);
          }),
        );
        // Reading the database may wait for another program; only what follows has the caller's
        // limit.
        const reading: Deadline<AbortSignal> = deadlineIn(UPKEEP_LIMIT_MS, deadline.signal);
        const read = Promise.race([planned.promise, answer.then(() => null)]);
        const outline = await this.call(callWithin(reading, 0, read, sent));
        if (outline === null) return await answer;
        if (isOverdue(outline)) {
          track(answer, true);
          return outline === "timeout" ? SILENT : STOPPED;
        }
        const outcome = await this.call(
          callWithin(deadline, REHEARSAL_GRACE_MS, answer, sent),
        );
        if (!isOverdue(outcome)) return outcome;
        track(answer, state === null || Atomics.load(state, STATE.isOpen) !== 0);
        const rehearsed = state === null ? 0 : Atomics.load(state, STATE.rehearsed);
        // One that was cancelled may only have been in the middle of something.
        if (outcome === "timeout") endless.set(outline.hash, rehearsed);
        return { ok: true, value: interruptedOutline(outline, outcome, rehearsed) };
      },
      generate: async (request, deadline) => {
        if (!this.#isSound) return SILENT;
        const sent = sendDeadline(deadline);
        const answer = track(remote.generate(request, sent), false);
        const outcome = await this.call(callWithin(deadline, REHEARSAL_GRACE_MS, answer, sent));
        return isOverdue(outcome) ? SILENT : outcome;
      },
      dump: async (deadline) => {
        if (!this.#isSound) return SILENT;
        const sent = sendDeadline(deadline);
        const answer = track(remote.dump(sent), true);
        const outcome = await this.call(callWithin(deadline, REHEARSAL_GRACE_MS, answer, sent));
        return isOverdue(outcome) ? SILENT : outcome;
      },
      execute: async (hash, request, deadline, onEvent) => {
        const sent = sendDeadline(deadline);
        if (state !== null) Atomics.store(state, STATE.committed, 0);
        let reported = 0;
        const follow: typeof onEvent = (event) => {
          if (event.kind === "step-finished") reported += 1;
          onEvent(event);
        };
        const answer: Promise<DatabaseOutcome<ExecutionReport>> = track(
          remote.execute(hash, request, sent, Comlink.proxy(follow)),
          true,
        );
        const reportedSteps = (): number => reported;
        const outcome = await this.call(
          awaitExecution({ answer, deadline, sent, state, reportedSteps }),
        );
        if ("ok" in outcome) return outcome;
        this.#isSound = false;
        return unansweredRun(outcome, request.mode, stuck === null);
      },
      listBackups: (request, deadline) =>
        runUntil(
          "backups were read",
          deadline,
          () => track(remote.listBackups(request), false),
        ),
      makeBackup: (runId, deadline) =>
        runUntil(
          "pages were copied",
          deadline,
          (sent) => track(remote.makeBackup(runId, sent), true),
        ),
      restore: async (request, deadline) => {
        if (!this.#isSound) return SILENT;
        const sent = sendDeadline(deadline);
        if (state !== null) Atomics.store(state, STATE.committed, 0);
        const answer: Promise<RestoreOutcome> = track(remote.restore(request, sent), true);
        const outcome = await this.call(
          awaitExecution({ answer, deadline, sent, state, reportedSteps: () => 0 }),
        );
        if ("ok" in outcome) return outcome;
        this.#isSound = false;
        return unansweredRestore(outcome);
      },
      [Symbol.asyncDispose]: close,
    };
  }
}

/** A session on a database that is not opened. */
export function failingSession(failed: Failed<DatabaseCode>): DatabaseSession {
  const fail = (): Promise<Failed<DatabaseCode>> => Promise.resolve(failed);
  return {
    history: fail,
    log: fail,
    load: fail,
    prepare: fail,
    generate: fail,
    dump: fail,
    execute: fail,
    listBackups: fail,
    makeBackup: fail,
    restore: fail,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function unansweredCopy(why: Overdue, doing: string): Failed<DatabaseCode> {
  const reason = why === "timeout" ? "The time limit was reached" : "The run was cancelled";
  return {
    ok: false,
    code: why === "timeout" ? "unanswered" : "cancelled",
    message: `${reason} while ${doing}, and the disk does not answer; look at it and try again`,
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
