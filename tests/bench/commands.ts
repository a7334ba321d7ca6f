// Runs programs as their users do, and measures them from start to end.

import { fileURLToPath } from "node:url";
import { permissionsOf, v8FlagsOf } from "../support/permitted_migrator.ts";

/** A program and its arguments. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** A program that has succeeded. */
export interface Finished {
  readonly ms: number;
  readonly stdout: string;
}

const PROGRAM = fileURLToPath(new URL("../../mod.ts", import.meta.url));
const DEADLINE_MS = 300_000;

/** godwit's command line, as its task runs it. */
export function godwit(...args: readonly string[]): Command {
  const task = args[0] === "serve" ? "serve" : "godwit";
  return {
    program: Deno.execPath(),
    args: ["run", "--no-prompt", ...v8FlagsOf(task), ...permissionsOf(task), PROGRAM, ...args],
  };
}

/** A program of this directory, with all permissions, on V8 as Deno or as a task has it. */
export function benchProgram(
  file: string,
  args: readonly string[],
  v8Flags: readonly string[] = [],
): Command {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return {
    program: Deno.execPath(),
    args: ["run", "--no-prompt", ...v8Flags, "-A", path, ...args],
  };
}

/** Runs a program to its end. Throws what it wrote if it fails or takes more than five minutes. */
export async function run({ program, args }: Command): Promise<Finished> {
  const started = performance.now();
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).output();
  const ms = performance.now() - started;
  const text = new TextDecoder();
  if (!success) throw new Error(`${program}: ${text.decode(stderr)}${text.decode(stdout)}`);
  return { ms, stdout: text.decode(stdout) };
}
