// When a result is no longer wanted, and waiting no longer than that. Runs anywhere.

/** Whether a caller has cancelled; an `AbortSignal` is one. */
export interface Cancellation {
  readonly aborted: boolean;
}

/** The end of the time allowed, and what cancels earlier. */
export interface Deadline<Signal extends Cancellation = Cancellation> {
  /** By `performance.now()` of this thread. */
  readonly atMs: number;
  readonly signal: Signal;
}

/**
 * A deadline in the form that crosses threads. Each thread has a clock of its own, so it has the
 * time left.
 */
export interface WireDeadline {
  readonly timeoutMs: number;
  /** Its first element becomes 1 to cancel; `null` where threads cannot share memory. */
  readonly cancelFlag: Int32Array | null;
}

/** Why a call is no longer waited for. */
export type Overdue = "timeout" | "cancelled";

// SQL ends within milliseconds of its flag, and what it has written is rolled back then. A caller
// who cancels waits no longer than this, although a single operation of SQLite takes longer.
const CANCEL_GRACE_MS = 700;

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A deadline that does not come. */
export const NEVER: Deadline = { atMs: Infinity, signal: { aborted: false } };

/** The deadline `timeoutMs` from now. */
export function deadlineIn<Signal extends Cancellation>(
  timeoutMs: number,
  signal: Signal,
): Deadline<Signal> {
  return { atMs: performance.now() + timeoutMs, signal };
}

/** A deadline that came from another thread. */
export function receiveDeadline({ timeoutMs, cancelFlag }: WireDeadline): Deadline {
  return deadlineIn(timeoutMs, {
    get aborted() {
      return cancelFlag !== null && Atomics.load(cancelFlag, 0) === 1;
    },
  });
}

/** A deadline in the form for another thread. */
export function sendDeadline({ atMs }: Deadline): WireDeadline {
  return { timeoutMs: Math.max(atMs - performance.now(), 0), cancelFlag: sharedFlag() };
}

/** Why nothing more is to be done; `null` before the deadline. */
export function overdue({ atMs, signal }: Deadline): Overdue | null {
  if (signal.aborted) return "cancelled";
  return performance.now() >= atMs ? "timeout" : null;
}

/** What the end of a deadline is called in a sentence. */
export const OVERDUE_WORDS: Readonly<Record<Overdue, string>> = {
  timeout: "the time limit was reached",
  cancelled: "it was cancelled",
};

/** Returns whether a call was given up. */
export function isOverdue(settled: unknown): settled is Overdue {
  return settled === "timeout" || settled === "cancelled";
}

/**
 * Waits for a call that ends by itself at its deadline, and `graceMs` longer; at most 700 ms after
 * it was cancelled. The last argument is the deadline that the other thread has; the signal is
 * passed on in its flag.
 */
export async function callWithin<T>(
  { atMs, signal }: Deadline<AbortSignal>,
  graceMs: number,
  answer: T,
  { cancelFlag }: Pick<WireDeadline, "cancelFlag">,
): Promise<Awaited<T> | Overdue> {
  const { promise: overdue, resolve } = Promise.withResolvers<Overdue>();
  const timers: ReturnType<typeof startTimer>[] = [];
  const giveUp = (afterMs: number, why: Overdue): void => {
    timers.push(startTimer(afterMs, () => resolve(why)));
  };
  const cancel = (): void => {
    if (cancelFlag !== null) Atomics.store(cancelFlag, 0, 1);
    giveUp(cancelFlag === null ? 0 : Math.min(graceMs, CANCEL_GRACE_MS), "cancelled");
  };
  giveUp(atMs - performance.now() + graceMs, "timeout");
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel);
  try {
    const settled = await Promise.race([answer, overdue]);
    // If the call returns after all, it must not go on.
    if (isOverdue(settled) && cancelFlag !== null) Atomics.store(cancelFlag, 0, 1);
    return settled;
  } finally {
    signal.removeEventListener("abort", cancel);
    timers.forEach(clearTimeout);
  }
}

/** Waits for an answer, but no longer than `limitMs` milliseconds. */
export async function within<T>(limitMs: number, answer: T): Promise<Awaited<T> | "timeout"> {
  const { promise: late, resolve } = Promise.withResolvers<"timeout">();
  const timer = startTimer(limitMs, () => resolve("timeout"));
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for `work`, but no longer than `limitMs` milliseconds; says whether it ended. */
export async function endsWithin(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  return await within(limitMs, work.then(() => true, () => true)) === true;
}

/** Waits for an answer; `null` where `signal` is aborted first. */
export async function beforeAbort<T>(signal: AbortSignal, answer: T): Promise<Awaited<T> | null> {
  const aborted = Promise.withResolvers<null>();
  const abort = (): void => aborted.resolve(null);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort);
  try {
    return await Promise.race([answer, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Resolves after `ms` milliseconds, or when `signal` is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = startTimer(ms, done);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    if (signal?.aborted) done();
    else signal?.addEventListener("abort", done);
  });
}

// An AbortController for each call would cost more than most calls: it makes an exception as reason.
function startTimer(ms: number, done: () => void): ReturnType<typeof setTimeout> {
  return setTimeout(done, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS));
}

/**
 * A number that both threads see. `null` in pages that are not isolated from other origins, from
 * which browsers hide shared memory:
 * https://developer.mozilla.org/docs/Web/API/Window/crossOriginIsolated
 */
export function sharedFlag(): Int32Array | null {
  return typeof SharedArrayBuffer === "undefined" ? null : new Int32Array(new SharedArrayBuffer(4));
}
