// The type declarations of the entry points, as Deno makes them for packages. For Deno.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Declarations by their paths, relative to the repository: `lib/vfs/mod.d.ts`. */
export type Declarations = ReadonlyMap<string, string>;

/**
 * Declares everything that a module of the repository exports, and the modules that it needs for
 * that. `deno pack` writes declarations without a compiler; its scripts are not used, because they
 * name their workers and versions as the repository does.
 */
export async function packDeclarations(directory: string): Promise<void> {
  const archive = join(directory, "declarations.tgz");
  await run(Deno.execPath(), ["pack", "--quiet", "--allow-dirty", "--output", archive]);
  await run("tar", ["--extract", "--gzip", `--file=${archive}`, `--directory=${directory}`]);
  await Deno.remove(archive);
}

/** The declarations that an entry point needs, from a directory of `packDeclarations()`. */
export async function declarationsOf(entry: string, directory: string): Promise<Declarations> {
  const found = new Map<string, string>();
  const paths = new Set([entry.replace(/\.ts$/, ".d.ts")]);
  for (const path of paths) {
    const text = await Deno.readTextFile(join(directory, "package", path));
    found.set(path, text);
    for (const [, other = ""] of text.matchAll(/\bfrom "(\.[^"]+)\.js"/g)) {
      paths.add(join(dirname(path), `${other}.d.ts`));
    }
  }
  return found;
}

/** Writes declarations below a directory. */
export async function writeDeclarations(
  declarations: Declarations,
  directory: string,
): Promise<void> {
  for (const [path, text] of declarations) {
    const file = join(directory, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: ROOT,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`${program} ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}
