// The path of esbuild's program, so that a task can allow this program alone. Run as a program, it
// prints the path for the task `bundle`. For Deno.

import { createRequire } from "node:module";
import process from "node:process";

/** The path of the program for this machine; `null` if the package has none. */
export function esbuildPath(): string | null {
  const program = process.platform === "win32" ? "esbuild.exe" : "bin/esbuild";
  try {
    const require = createRequire(import.meta.resolve("esbuild"));
    return require.resolve(`@esbuild/${process.platform}-${process.arch}/${program}`);
  } catch {
    return null;
  }
}

if (import.meta.main) console.log(esbuildPath() ?? "esbuild");
