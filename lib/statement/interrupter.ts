// Stops SQL that runs too long or was cancelled.

import type { Deadline } from "../deadline.ts";
import type { Connection } from "../sqlite/connection.ts";

/** Why SQL was stopped. */
export type InterruptReason = "timeout" | "cancelled" | "budget";

/**
 * Steps of the virtual machine between two readings of the flag and the clock, some 50 microseconds
 * of work unless they call functions on large values. Each reading takes a fifth of a microsecond.
 */
const OPERATIONS_PER_CHECK = 500;

/** Interrupts a connection's statements by its progress handler. */
export class Interrupter implements Disposable {
  readonly #connection: Connection;
  readonly #deadline: Deadline;
  readonly #onCheck: (nowMs: number) => void;
  #checksLeft = Infinity;
  #stepDeadlineMs = Infinity;
  #reason: InterruptReason | null = null;
  #isWatching = true;

  /** Watches `connection` until disposed; `onCheck` is called while SQL runs, and must not run any. */
  constructor(
    connection: Connection,
    deadline: Deadline,
    onCheck: (nowMs: number) => void = () => {},
  ) {
    this.#connection = connection;
    this.#deadline = deadline;
    this.#onCheck = onCheck;
    connection.onProgress(OPERATIONS_PER_CHECK, () => this.#check());
  }

  /** Why the last statement was interrupted; `null` if it was not. */
  get reason(): InterruptReason | null {
    return this.#reason;
  }

  /** Stops the statements of one step after `timeoutMs`, or earlier at the deadline. */
  setStepTimeout(timeoutMs: number): void {
    this.#stepDeadlineMs = performance.now() + timeoutMs;
  }

  /** Allows the next statements `operations` steps in all, the same number on every machine. */
  setBudget(operations: number): void {
    this.#checksLeft = operations / OPERATIONS_PER_CHECK;
    if (this.#reason === "budget") this.#reason = null;
  }

  /** Says whether to stop before anything else runs. */
  isOver(): boolean {
    if (!this.#isWatching) return false;
    this.#checkLimits();
    return this.#reason === "timeout" || this.#reason === "cancelled";
  }

  /** Lets all that follows run to its end, whatever the limits are. */
  stopWatching(): void {
    this.#isWatching = false;
    this.#connection.onProgress(0, null);
  }

  [Symbol.dispose](): void {
    this.stopWatching();
  }

  #check(): boolean {
    this.#onCheck(this.#checkLimits());
    this.#checksLeft -= 1;
    if (this.#checksLeft <= 0) this.#reason ??= "budget";
    return this.#reason !== null;
  }

  /** Returns the time that it has read. */
  #checkLimits(): number {
    const { atMs, signal } = this.#deadline;
    const nowMs = performance.now();
    if (signal.aborted) this.#reason = "cancelled";
    else if (nowMs >= Math.min(atMs, this.#stepDeadlineMs)) this.#reason = "timeout";
    return nowMs;
  }
}
