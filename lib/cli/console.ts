// The output of a command. No other file depends on terminals.

import pc from "picocolors";

/** picocolors' functions; without colours they return their text unchanged. */
export type Colors = ReturnType<typeof pc.createColors>;

/** The output streams of a command. */
export interface Console {
  /** Results: one call, one or more lines. */
  out(text: string): void;
  /** Everything else: errors and logs. */
  err(text: string): void;
  readonly colors: Colors;
  /** Whether standard error, which shows progress, is a terminal. */
  readonly isWatched: boolean;
}

/** The console of this process; with colours if the output is a terminal that supports them. */
export function processConsole(): Console {
  const encoder = new TextEncoder();
  return {
    out: (text) => writeAll(Deno.stdout, encoder.encode(`${text}\n`)),
    err: (text) => writeAll(Deno.stderr, encoder.encode(`${text}\n`)),
    colors: pc.createColors(pc.isColorSupported && Deno.stdout.isTerminal()),
    isWatched: Deno.stderr.isTerminal(),
  };
}

// One write to a pipe may be partial.
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
}
