// Waiting, and waiting no longer than. Runs anywhere.

/** Resolves after `ms` milliseconds, or when `signal` is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    if (signal?.aborted) done();
    else signal?.addEventListener("abort", done);
  });
}

/** Waits for `work`, but no longer than `ms` milliseconds; says whether it ended. */
export async function endsWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const ended = work.then(() => true, () => true);
  const late = sleep(ms, over.signal).then(() => false);
  try {
    return await Promise.race([ended, late]);
  } finally {
    over.abort();
  }
}
