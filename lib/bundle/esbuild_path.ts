// The path of esbuild's program, so that a process may be allowed to start this program alone. For
// Deno and Node.js.

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
