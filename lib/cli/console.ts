// Where a command writes, and how: the one place that knows terminals.

import pc from "picocolors";

/** picocolors' functions; without colours they return their text as it is. */
export type Colors = ReturnType<typeof pc.createColors>;

/** What a command writes to. */
export interface Console {
  /** Results: one call, one or more lines. */
  out(text: string): void;
  /** Everything else: errors and logs. */
  err(text: string): void;
  readonly colors: Colors;
  /** Whether a person watches standard error, where progress is drawn. */
  readonly isWatched: boolean;
}

/** The console of this process; colours where the output is a terminal that has them. */
export function processConsole(): Console {
  const encoder = new TextEncoder();
  return {
    out: (text) => writeAll(Deno.stdout, encoder.encode(`${text}\n`)),
    err: (text) => writeAll(Deno.stderr, encoder.encode(`${text}\n`)),
    colors: pc.createColors(pc.isColorSupported && Deno.stdout.isTerminal()),
    isWatched: Deno.stderr.isTerminal(),
  };
}

// A pipe may take less than all of it.
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
}
