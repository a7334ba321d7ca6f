// Other tools that apply SQL files to SQLite. Deno installs each, in a pinned version, into a cache
// directory of its own.

import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileFormat } from "./bench_plugins.ts";
import { benchProgram, type Command, run } from "./commands.ts";

/** A tool, before it is installed. */
interface Rival {
  readonly name: string;
  readonly packages: Readonly<Record<string, string>>;
  readonly format: FileFormat;
  /** The command that applies every file of a directory to a database. */
  apply(installed: string, files: string, database: string): Command;
}

/** A tool that can be run. */
export interface InstalledRival {
  readonly name: string;
  readonly format: FileFormat;
  apply(files: string, database: string): Command;
}

/** A tool, or the reason why there is none. */
export type RivalState =
  | { readonly kind: "installed"; readonly rival: InstalledRival }
  | { readonly kind: "missing"; readonly name: string; readonly reason: string };

const BETTER_SQLITE3 = { "better-sqlite3": "13.2.0" };
const DBMATE_BINARY = `@dbmate/${Deno.build.os}-${Deno.build.arch.replace("x86_64", "x64")}`;

/** The tools. dbmate is its native binary, without the Node.js program that starts it. */
const RIVALS: readonly Rival[] = [
  {
    name: "dbmate 2.36.0",
    packages: { [DBMATE_BINARY]: "2.36.0" },
    format: ({ up, down }) => `-- migrate:up\n${up}\n-- migrate:down\n${down}\n`,
    apply: (installed, files, database) => ({
      program: join(installed, "node_modules", DBMATE_BINARY, "bin", "dbmate"),
      args: [
        ...["--url", `sqlite:${database}`, "--migrations-dir", files],
        ...["--no-dump-schema", "up"],
      ],
    }),
  },
  scriptRival("Kysely 0.29.9", "kysely", { ...BETTER_SQLITE3, kysely: "0.29.9" }),
  scriptRival("Umzug 3.8.3", "umzug", { ...BETTER_SQLITE3, umzug: "3.8.3" }),
  scriptRival("better-sqlite3 13.2.0 by hand", "by-hand", BETTER_SQLITE3),
];

/** Says of the others what a reader of a comparison should know. */
export const RIVALS_NOTE: string =
  "The other tools run the same SQL, with a transaction for each file and SQLite's default, " +
  "`synchronous=FULL`; godwit uses `EXTRA`. They do not rehearse a plan, check the schema and " +
  "foreign keys, measure losses, make backups, compare checksums or keep a log of attempts. " +
  "dbmate is a native binary; the other three run in Deno, as godwit does.";

/** Installs every tool that can be had. */
export async function installRivals(): Promise<readonly RivalState[]> {
  const states: RivalState[] = [];
  for (const rival of RIVALS) {
    try {
      const installed = await install(rival);
      const apply = (files: string, database: string): Command =>
        rival.apply(installed, files, database);
      states.push({ kind: "installed", rival: { name: rival.name, format: rival.format, apply } });
    } catch (error) {
      const [reason = ""] = String(error).split("\n");
      states.push({ kind: "missing", name: rival.name, reason });
    }
  }
  return states;
}

function scriptRival(name: string, way: string, packages: Rival["packages"]): Rival {
  return {
    name,
    packages,
    format: ({ up }) => `${up}\n`,
    apply: (installed, files, database) => {
      const { program, args } = benchProgram("rival_program.ts", [way, installed, files, database]);
      // The packages are those of its own directory, not those of deno.json.
      const [command = "run", ...rest] = args;
      return { program, args: [command, "--no-config", ...rest] };
    },
  };
}

async function install({ packages }: Rival): Promise<string> {
  const name = Object.entries(packages).map((each) => each.join("-").replace("/", "-")).join("_");
  const directory = join(cacheDirectory(), name);
  if (existsSync(join(directory, "installed"))) return directory;
  Deno.mkdirSync(directory, { recursive: true });
  // Deno would take a directory without a configuration for a part of the one above it.
  Deno.writeTextFileSync(join(directory, "deno.json"), `{ "nodeModulesDir": "auto" }\n`);
  Deno.writeTextFileSync(
    join(directory, "package.json"),
    JSON.stringify({ private: true, dependencies: packages }),
  );
  const args = ["install", "--quiet", "--config", join(directory, "deno.json")];
  await run({ program: Deno.execPath(), args });
  Deno.writeTextFileSync(join(directory, "installed"), "");
  return directory;
}

function cacheDirectory(): string {
  const home = Deno.env.get("HOME");
  const cache = Deno.env.get("XDG_CACHE_HOME") ??
    (home === undefined ? tmpdir() : join(home, ".cache"));
  return join(cache, "godwit-bench");
}
