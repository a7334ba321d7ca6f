// Finds the Deno that npm has installed beside this package. For Node.js.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";

/**
 * The path of Deno's program. npm does not run install scripts unless they are approved, so the
 * program is looked for where the script puts it, and in the package for this machine. Where npm
 * has none for it, as on Alpine, the name `deno` finds the one on the PATH.
 */
export function findDeno(): string {
  const require = createRequire(import.meta.url);
  const program = process.platform === "win32" ? "deno.exe" : "deno";
  const libc = process.platform === "linux" ? "-glibc" : "";
  const packages = ["deno", `@deno/${process.platform}-${process.arch}${libc}`];
  for (const name of packages) {
    const path = directoryOf(name, require);
    if (path !== null && existsSync(join(path, program))) return join(path, program);
  }
  return "deno";
}

function directoryOf(name: string, require: NodeJS.Require): string | null {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    return null;
  }
}
