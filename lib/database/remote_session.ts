// A session on a database that another thread has open. Runs anywhere.

import * as Comlink from "comlink";
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
import type { ExecutionEvent } from "../execution/execution.ts";
import { NO_MIGRATION } from "../finding/finding.ts";
import type { LogPage, LogRange } from "../history/migration_log.ts";
import type { Failed, Outcome } from "../outcome.ts";
import type { History } from "../plan/history.ts";
import { stoppedFinding } from "../rule/rehearsal_findings.ts";
import type { SourceFile } from "../source/source_file.ts";
import { awaitExecution, type Unanswered } from "./await_execution.ts";
import type { HostedDatabase } from "./database_host.ts";
import type { PlanOutline } from "./prepare.ts";
import type {
  DatabaseCode,
  DatabaseOutcome,
  DatabaseSession,
  ExecutionReport,
  LoadedFiles,
  PreparationOutcome,
  SessionTarget,
} from "./session.ts";
import type { StuckThreads } from "./stuck_threads.ts";
import { STATE, threadState } from "./thread_state.ts";
import { batches, transferred } from "./transfer_files.ts";
import { SILENT, STOPPED, unansweredCopy, unansweredRestore, unansweredRun } from "./unanswered.ts";

/** Plans whose rehearsal held a thread up, by their hashes, and the steps before that. */
export type EndlessRehearsals = Map<string, number>;

/** What a session needs of the thread that it is held on. */
export interface SessionThread {
  readonly remote: Comlink.Remote<HostedDatabase>;
  /** Whether the thread may be used again. */
  readonly isSound: boolean;
  /** Waits for a call's answer, or for the thread's death. */
  call<T>(answer: T): Promise<Awaited<T>>;
  /** Waits for a short call. */
  upkeep<T>(answer: Promise<DatabaseOutcome<T>>): Promise<DatabaseOutcome<T>>;
  /** Waits for a call that ends by itself at `deadline`, of which the thread has `sent`. */
  callUntil<T>(
    deadline: Deadline<AbortSignal>,
    answer: Promise<T>,
    sent: WireDeadline,
  ): Promise<Awaited<T> | Overdue>;
  /** The thread is not used again. */
  giveUp(): void;
  /** The thread is stuck until `freed` settles. */
  isStuckUntil(freed: Promise<void>): void;
  /** The database is closed, and SQLite has so many bytes of memory. */
  isClosed(heapBytes: number): void;
}

/** Where a session belongs. */
export interface SessionPlace {
  readonly target: SessionTarget;
  readonly endless: EndlessRehearsals;
  /** `null` where a thread can be ended at any time. */
  readonly stuck: StuckThreads | null;
  /** Called once the database is closed, or where it cannot be opened. */
  readonly giveBack: () => void;
}

/**
 * How late a thread may be before it is given up. SQL is interrupted between two steps of SQLite's
 * virtual machine, and one step, such as a search for a long text in a long text, may run without
 * end.
 */
export const REHEARSAL_GRACE_MS = 3_000;
// A copy ends between two pages, and its last flush waits for the disk.
const COPY_GRACE_MS = 5_000;
/** How long reading history and schema, or merging a write-ahead log, may take. */
export const UPKEEP_LIMIT_MS = 60_000;

/** The last call that is not answered, and whether the thread may have the database open in it. */
interface OpenCall {
  readonly settled: Promise<void>;
  readonly isOpen: boolean;
}

/** A database that a thread has open for one caller. */
export class RemoteSession implements DatabaseSession {
  readonly #thread: SessionThread;
  readonly #place: SessionPlace;
  readonly #state = threadState();
  #unanswered: OpenCall | null = null;

  private constructor(thread: SessionThread, place: SessionPlace) {
    this.#thread = thread;
    this.#place = place;
  }

  /** Opens the database. */
  static async open(thread: SessionThread, place: SessionPlace): Promise<RemoteSession> {
    const session = new RemoteSession(thread, place);
    try {
      await thread.call(thread.remote.open(place.target, session.#state));
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
    return session;
  }

  async history(): Promise<DatabaseOutcome<History>> {
    if (!this.#thread.isSound) return SILENT;
    return await this.#thread.upkeep(this.#track(this.#thread.remote.history(), true));
  }

  async log(range: LogRange): Promise<DatabaseOutcome<LogPage>> {
    if (!this.#thread.isSound) return SILENT;
    return await this.#thread.upkeep(this.#track(this.#thread.remote.log(range), true));
  }

  async load(files: AsyncIterable<SourceFile>): Promise<DatabaseOutcome<LoadedFiles>> {
    const { remote } = this.#thread;
    for await (const batch of batches(files)) {
      const taken = within(UPKEEP_LIMIT_MS, remote.addFiles(transferred(batch)));
      if (isOverdue(await this.#thread.call(taken))) return SILENT;
    }
    return { ok: true, value: await this.#thread.call(remote.files()) };
  }

  async prepare(
    target: Parameters<DatabaseSession["prepare"]>[0],
    deadline: Deadline<AbortSignal>,
    onPlanned: (outline: PlanOutline) => void = () => {},
  ): Promise<PreparationOutcome> {
    const { endless, stuck, target: { plugin } } = this.#place;
    if (!this.#thread.isSound) return SILENT;
    const refusal = stuck?.whyNotRun(plugin) ?? null;
    if (refusal !== null) return refusal;
    const sent = sendDeadline(deadline);
    const planned = Promise.withResolvers<PlanOutline>();
    const answer: Promise<PreparationOutcome> = this.#thread.remote.prepare(
      target,
      endless,
      sent,
      Comlink.proxy((outline) => {
        onPlanned(outline);
        planned.resolve(outline);
      }),
    );
    // Reading the database may wait for another program; only what follows has the caller's limit.
    const reading: Deadline<AbortSignal> = deadlineIn(UPKEEP_LIMIT_MS, deadline.signal);
    const read = Promise.race([planned.promise, answer.then(() => null)]);
    const outline = await this.#thread.call(callWithin(reading, 0, read, sent));
    if (outline === null) return await answer;
    if (isOverdue(outline)) {
      this.#track(answer, true);
      return outline === "timeout" ? SILENT : STOPPED;
    }
    const outcome = await this.#thread.callUntil(deadline, answer, sent);
    if (!isOverdue(outcome)) return outcome;
    const state = this.#state;
    this.#track(answer, state === null || Atomics.load(state, STATE.isOpen) !== 0);
    const rehearsed = state === null ? 0 : Atomics.load(state, STATE.rehearsed);
    // One that was cancelled may only have been in the middle of something.
    if (outcome === "timeout") endless.set(outline.hash, rehearsed);
    return { ok: true, value: interruptedOutline(outline, outcome, rehearsed) };
  }

  generate(
    ...[request, deadline]: Parameters<DatabaseSession["generate"]>
  ): ReturnType<DatabaseSession["generate"]> {
    const { remote } = this.#thread;
    return this.#runUntil(
      deadline,
      REHEARSAL_GRACE_MS,
      (sent) => this.#track(remote.generate(request, sent), false),
      () => SILENT,
    );
  }

  dump(
    ...[deadline]: Parameters<DatabaseSession["dump"]>
  ): ReturnType<DatabaseSession["dump"]> {
    const { remote } = this.#thread;
    return this.#runUntil(
      deadline,
      REHEARSAL_GRACE_MS,
      (sent) => this.#track(remote.dump(sent), true),
      () => SILENT,
    );
  }

  execute(
    ...[hash, request, deadline, onEvent]: Parameters<DatabaseSession["execute"]>
  ): Promise<DatabaseOutcome<ExecutionReport>> {
    let reported = 0;
    const follow = (event: ExecutionEvent): void => {
      if (event.kind === "step-finished") reported += 1;
      onEvent(event);
    };
    const { remote } = this.#thread;
    return this.#commitUntil<DatabaseOutcome<ExecutionReport>>(
      deadline,
      (sent) => remote.execute(hash, request, sent, Comlink.proxy(follow)),
      () => reported,
      (unanswered) => unansweredRun(unanswered, request.mode, this.#place.stuck === null),
    );
  }

  listBackups(
    ...[request, deadline]: Parameters<DatabaseSession["listBackups"]>
  ): ReturnType<DatabaseSession["listBackups"]> {
    const { remote } = this.#thread;
    return this.#runUntil(
      deadline,
      COPY_GRACE_MS,
      () => this.#track(remote.listBackups(request), false),
      (why) => unansweredCopy(why, "backups were read"),
    );
  }

  makeBackup(
    ...[runId, deadline]: Parameters<DatabaseSession["makeBackup"]>
  ): ReturnType<DatabaseSession["makeBackup"]> {
    const { remote } = this.#thread;
    return this.#runUntil(
      deadline,
      COPY_GRACE_MS,
      (sent) => this.#track(remote.makeBackup(runId, sent), true),
      (why) => unansweredCopy(why, "pages were copied"),
    );
  }

  async restore(
    ...[request, deadline]: Parameters<DatabaseSession["restore"]>
  ): ReturnType<DatabaseSession["restore"]> {
    if (!this.#thread.isSound) return SILENT;
    const { remote } = this.#thread;
    return await this.#commitUntil<Awaited<ReturnType<DatabaseSession["restore"]>>>(
      deadline,
      (sent) => remote.restore(request, sent),
      // A restore reports nothing before its answer.
      () => Infinity,
      unansweredRestore,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { target, stuck, giveBack } = this.#place;
    const address = target.kind === "plugin" ? target : null;
    try {
      if (this.#unanswered !== null && stuck !== null) {
        const { settled, isOpen } = this.#unanswered;
        const open = isOpen ? address : null;
        this.#thread.isStuckUntil(stuck.add({ plugin: target.plugin, open }, settled));
      }
      if (!this.#thread.isSound) return;
      const closed = within(UPKEEP_LIMIT_MS, this.#thread.remote.close());
      const heapBytes = await this.#thread.call(closed);
      if (!isOverdue(heapBytes)) this.#thread.isClosed(heapBytes);
    } finally {
      giveBack();
    }
  }

  /** Waits for a call that commits nothing. */
  async #runUntil<T, Code extends string>(
    deadline: Deadline<AbortSignal>,
    graceMs: number,
    call: (sent: WireDeadline) => Promise<Outcome<T, Code>>,
    failed: (why: Overdue) => Failed<DatabaseCode>,
  ): Promise<Outcome<T, Code | DatabaseCode>> {
    if (!this.#thread.isSound) return SILENT;
    const sent = sendDeadline(deadline);
    const outcome = await this.#thread.call(callWithin(deadline, graceMs, call(sent), sent));
    return isOverdue(outcome) ? failed(outcome) : outcome;
  }

  /** Waits for a call that commits, and where it has not answered, for what it has committed. */
  async #commitUntil<Answer extends Outcome<unknown>>(
    deadline: Deadline<AbortSignal>,
    call: (sent: WireDeadline) => Promise<Answer>,
    reportedSteps: () => number,
    failed: (unanswered: Unanswered) => Failed<DatabaseCode>,
  ): Promise<Answer | Failed<DatabaseCode>> {
    const state = this.#state;
    const sent = sendDeadline(deadline);
    if (state !== null) Atomics.store(state, STATE.committed, 0);
    const answer = this.#track(call(sent), true);
    const outcome: Answer | Unanswered = await this.#thread.call(
      awaitExecution({ answer, deadline, sent, state, reportedSteps }),
    );
    if ("ok" in outcome) return outcome;
    this.#thread.giveUp();
    return failed(outcome);
  }

  #track<Answer extends Promise<unknown>>(answer: Answer, isOpen: boolean): Answer {
    const settle = (): void => {
      if (this.#unanswered === call) this.#unanswered = null;
    };
    const call: OpenCall = { settled: answer.then(settle, settle), isOpen };
    this.#unanswered = call;
    return answer;
  }
}

/** The outline of a plan whose rehearsal holds the thread up, after `rehearsed` steps. */
function interruptedOutline(
  outline: PlanOutline,
  reason: Overdue,
  rehearsed: number,
): PlanOutline {
  const stopped = stoppedFinding({ ...(outline.steps[rehearsed] ?? NO_MIGRATION), reason });
  return { ...outline, findings: [...outline.findings, stopped], interrupted: reason };
}
