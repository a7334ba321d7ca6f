// Runs programs as their users do, and measures them from start to end.

import { fileURLToPath } from "node:url";
import { permissionsOf } from "../support/permitted_migrator.ts";

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

/** godwit's command line, with the permissions of its task. */
export function godwit(...args: readonly string[]): Command {
  return {
    program: Deno.execPath(),
    args: ["run", "--no-prompt", ...permissionsOf("godwit"), PROGRAM, ...args],
  };
}

/** A program of this directory, with all permissions. */
export function benchProgram(file: string, ...args: readonly string[]): Command {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return { program: Deno.execPath(), args: ["run", "--no-prompt", "-A", path, ...args] };
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
