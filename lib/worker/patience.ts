// Waiting for a thread that may never answer. Runs anywhere.

import type { WirePatience } from "./database_host.ts";
import type { Patience } from "./session.ts";

/** Why a call is no longer waited for. */
export type Overdue = "timeout" | "cancelled";

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Says whether a call was given up. */
export function isOverdue(settled: unknown): settled is Overdue {
  return settled === "timeout" || settled === "cancelled";
}

/**
 * Runs a call that is to end in time by itself, and waits `graceMs` longer. Where threads can share
 * memory the caller's signal is passed on in it.
 */
export async function patiently<T>(
  { signal, timeoutMs }: Patience,
  graceMs: number,
  run: (patience: WirePatience) => T,
  cancelFlag: Int32Array | null = sharedFlags(),
): Promise<Awaited<T> | Overdue> {
  const { promise: overdue, resolve } = Promise.withResolvers<Overdue>();
  const limitMs = Math.min(timeoutMs + graceMs, LONGEST_TIMER_MS);
  const timers = [setTimeout(() => resolve("timeout"), limitMs)];
  const cancel = (): void => {
    if (cancelFlag !== null) Atomics.store(cancelFlag, 0, 1);
    timers.push(setTimeout(() => resolve("cancelled"), cancelFlag === null ? 0 : graceMs));
  };
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel);
  try {
    const settled = await Promise.race([run({ timeoutMs, cancelFlag }), overdue]);
    // Should it come back after all, it must not go on.
    if (isOverdue(settled) && cancelFlag !== null) Atomics.store(cancelFlag, 0, 1);
    return settled;
  } finally {
    signal.removeEventListener("abort", cancel);
    for (const timer of timers) clearTimeout(timer);
  }
}

/** Waits for an answer, but no longer than `limitMs` milliseconds. */
export async function within<T>(limitMs: number, answer: T): Promise<Awaited<T> | Overdue> {
  const { promise: overdue, resolve } = Promise.withResolvers<Overdue>();
  const timer = setTimeout(() => resolve("timeout"), limitMs);
  try {
    return await Promise.race([answer, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Two numbers that both threads see. `null` in pages that are not isolated from other origins, from which
 * browsers hide shared memory: https://developer.mozilla.org/docs/Web/API/Window/crossOriginIsolated
 */
export function sharedFlags(): Int32Array | null {
  return typeof SharedArrayBuffer === "undefined" ? null : new Int32Array(new SharedArrayBuffer(8));
}
