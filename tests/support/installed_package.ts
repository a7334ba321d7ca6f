// The npm packages as their users have them: packed, and installed into an empty directory.

import { join } from "node:path";
import { buildPackages } from "../../lib/release/build_packages.ts";
import type { Finished } from "./service_process.ts";

/** Programs that npm needs. Deno is not one of them. */
const PROGRAMS = ["node", "npm", "npx", "sh"];

/** A directory with both packages installed, and a PATH without Deno. Disposing of it removes it. */
export class InstalledPackages implements Disposable {
  readonly #root: string;
  readonly #path: string;

  private constructor(root: string, path: string) {
    this.#root = root;
    this.#path = path;
  }

  /** Builds, packs and installs the packages. */
  static async make(): Promise<InstalledPackages> {
    const root = Deno.makeTempDirSync({ prefix: "godwit-packages-" });
    const path = join(root, "bin");
    Deno.mkdirSync(path);
    for (const name of PROGRAMS) Deno.symlinkSync(which(name), join(path, name));
    const installed = new InstalledPackages(root, path);
    const packages = await buildPackages(join(root, "built"));
    Deno.mkdirSync(installed.directory);
    const archives = Object.values(packages).map((directory) => installed.#pack(directory));
    const options = ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"];
    installed.runToEnd("npm", ["install", ...options, ...await Promise.all(archives)]);
    return installed;
  }

  /** Where the packages are installed. */
  get directory(): string {
    return join(this.#root, "installed");
  }

  /** Runs a program there. */
  async run(
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Finished> {
    const { code, stdout, stderr } = await this.#command(program, args, env).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** Runs the `godwit` of the package. */
  async godwit(...args: readonly string[]): Promise<Finished> {
    return await this.run("node", [join("node_modules", ".bin", "godwit"), ...args]);
  }

  /** Runs a program that must succeed, and returns what it prints. */
  runToEnd(program: string, args: readonly string[]): string {
    const { success, stdout, stderr } = this.#command(program, args, {}).outputSync();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`${program} ${args.join(" ")}: ${decoder.decode(stderr)}`);
    return decoder.decode(stdout);
  }

  /** Writes a file below the directory. */
  write(path: string, text: string): void {
    const file = join(this.directory, path);
    Deno.mkdirSync(join(file, ".."), { recursive: true });
    Deno.writeTextFileSync(file, text);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#root, { recursive: true });
  }

  #pack(directory: string): string {
    const name = this.runToEnd("npm", ["pack", "--silent", "--pack-destination", "..", directory]);
    return join(this.#root, name.trim());
  }

  #command(
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Deno.Command {
    return new Deno.Command(program, {
      args: [...args],
      cwd: this.directory,
      env: { PATH: this.#path, NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
  }
}

/** The path of a program. */
export function which(program: string): string {
  for (const directory of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = join(directory, program);
    try {
      if (Deno.statSync(path).isFile) return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Error(`There is no ${program} on the PATH`);
}
