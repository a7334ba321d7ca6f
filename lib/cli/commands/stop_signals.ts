// SIGINT and SIGTERM as abort signals: the first asks to stop, the second to stop at once.

import type { CommonOptions } from "../command.ts";
import type { Console } from "../console.ts";
import { EXIT } from "./exit_status.ts";

/** The signals received so far. Dispose of it to restore the default handlers. */
export interface StopSignals extends Disposable {
  /** Aborted by the first signal. */
  readonly asked: AbortSignal;
  /** Aborted by the second signal. */
  readonly insisted: AbortSignal;
}

// One Ctrl-C may arrive twice: from the terminal, and from a parent such as `deno task` that
// forwards it.
const ECHO_MS = 500;

/** Replaces the default handlers of SIGINT and SIGTERM. */
export function stopSignals(): StopSignals {
  const first = new AbortController();
  const second = new AbortController();
  let askedAtMs = 0;
  const stop = (): void => {
    if (!first.signal.aborted) {
      askedAtMs = performance.now();
      first.abort();
    } else if (performance.now() - askedAtMs >= ECHO_MS) second.abort();
  };
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

/** Ctrl-C as signals: the first says that the run is cancelled, the second ends the process. */
export function announcedSignals({ json }: CommonOptions, console: Console): StopSignals {
  const signals = stopSignals();
  signals.asked.addEventListener("abort", () => {
    if (!json) console.err("Cancelling; migrations that are not committed are rolled back");
  });
  // An exit at once is safe: SQLite rolls back the transaction of a process that has ended.
  signals.insisted.addEventListener("abort", () => Deno.exit(EXIT.failure));
  return signals;
}
