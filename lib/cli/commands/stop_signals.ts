// SIGINT and SIGTERM as values: the first asks, the second insists.

/** What a person or a supervisor has asked for. Dispose of it to give the signals back. */
export interface StopSignals extends Disposable {
  /** Aborted by the first signal. */
  readonly asked: AbortSignal;
  /** Aborted by the second signal. */
  readonly insisted: AbortSignal;
}

/** Takes over SIGINT and SIGTERM. */
export function stopSignals(): StopSignals {
  const first = new AbortController();
  const second = new AbortController();
  const stop = (): void => (first.signal.aborted ? second : first).abort();
  const names = ["SIGINT", "SIGTERM"] as const;
  for (const name of names) Deno.addSignalListener(name, stop);
  return {
    asked: first.signal,
    insisted: second.signal,
    [Symbol.dispose]() {
      for (const name of names) Deno.removeSignalListener(name, stop);
    },
  };
}
