// The output of a command. No other file depends on terminals.

import type pc from "picocolors";

/** Functions of picocolors; without colours they return their text unchanged. */
export type Colors = Pick<
  ReturnType<typeof pc.createColors>,
  "bold" | "cyan" | "dim" | "green" | "red" | "yellow"
>;

/** The output streams of a command. */
export interface Console {
  /** Results: one call, one or more lines. */
  out(text: string): void;
  /** Everything else: errors and logs. */
  err(text: string): void;
  readonly colors: Colors;
  /** Whether standard error, which shows progress, is a terminal. */
  readonly isWatched: boolean;
  /** Asks a question to be answered with yes or no; `null` without a terminal. */
  readonly ask: ((question: string) => boolean) | null;
}

/** The console of this process; with colours if the output is a terminal that supports them. */
export async function processConsole(): Promise<Console> {
  const encoder = new TextEncoder();
  return {
    out: (text) => writeAll(Deno.stdout, encoder.encode(`${text}\n`)),
    err: (text) => writeAll(Deno.stderr, encoder.encode(`${text}\n`)),
    colors: Deno.stdout.isTerminal() && mayReadEnvironment() ? await terminalColors() : PLAIN,
    isWatched: Deno.stderr.isTerminal(),
    ask: Deno.stdin.isTerminal() && Deno.stdout.isTerminal() ? confirm : null,
  };
}

// picocolors reads these when it is loaded, and throws where it may not.
function mayReadEnvironment(): boolean {
  return ["NO_COLOR", "FORCE_COLOR", "TERM", "CI"].every((variable) =>
    Deno.permissions.querySync({ name: "env", variable }).state === "granted"
  );
}

async function terminalColors(): Promise<Colors> {
  const { default: pc } = await import("picocolors");
  return pc.createColors(pc.isColorSupported);
}

/** No colours. */
export const PLAIN: Colors = {
  bold: String,
  cyan: String,
  dim: String,
  green: String,
  red: String,
  yellow: String,
};

// One write to a pipe may be partial.
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
}
