// Kills processes while they migrate, and looks at the databases that they leave.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Migration } from "../../lib/migration/migration.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import type { Random } from "../support/random.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { type Engine, openDatabase, startEngine } from "./engine.ts";
import { PLUGIN } from "./migration_session.ts";
import { reachableStates } from "./reachable_states.ts";
import { readState } from "./recovered_state.ts";
import { runAndKill } from "./run_and_kill.ts";

/** What was tried, and what was wrong. */
export interface KillReport {
  readonly kills: number;
  /** Kills that left a log behind, so that the database had to be recovered. */
  readonly recoveries: number;
  readonly problems: readonly string[];
}

// A session takes about 30 ms, so that several begin and end in this time.
const MOST_DELAY_MS = 150;

/** Kills `kills` processes, one after the other, on one database. */
export async function killProcesses(
  migrations: readonly Migration[],
  kills: number,
  random: Random,
  onKill: (kills: number) => void = () => {},
): Promise<KillReport> {
  const engine = await startEngine();
  const states = await reachableStates(engine, migrations);
  const root = Deno.makeTempDirSync({ prefix: "godwit-kill-" });
  const problems: string[] = [];
  let recoveries = 0;
  try {
    copyExamples(join(root, "plugins", PLUGIN, "migrations"));
    const path = join(root, "data", `${PLUGIN}.sqlite3`);
    for (let kill = 1; kill <= kills; kill++) {
      await runAndKill(
        new URL("./migrate_for_ever.ts", import.meta.url),
        [join(root, "plugins"), join(root, "data")],
        random.integer(0, MOST_DELAY_MS),
      );
      if (existsSync(`${path}-wal`)) recoveries += 1;
      const problem = inspect(engine, path, states);
      if (problem !== null) problems.push(`kill ${kill}: ${problem}`);
      onKill(kill);
    }
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
  return { kills, recoveries, problems };
}

function copyExamples(directory: string): void {
  Deno.mkdirSync(directory, { recursive: true });
  const source = new URL("../../examples/migrations/", import.meta.url);
  for (const { name } of Deno.readDirSync(source)) {
    if (name.endsWith(".sql")) Deno.copyFileSync(new URL(name, source), join(directory, name));
  }
}

/** What is wrong with a database; `null` where native SQLite and godwit find the same whole version. */
function inspect(
  engine: Engine,
  path: string,
  states: ReadonlyMap<string, number>,
): string | null {
  if (!existsSync(path)) return null;
  // Native SQLite gets a copy, so that each recovers the database by itself.
  const directory = join(dirname(path), "copy");
  Deno.mkdirSync(directory);
  const copy = join(directory, "library.sqlite3");
  for (const suffix of ["", "-wal", "-journal"]) {
    if (existsSync(`${path}${suffix}`)) Deno.copyFileSync(`${path}${suffix}`, `${copy}${suffix}`);
  }
  const check = sqliteShell(copy, "PRAGMA integrity_check");
  // Killed early, a process leaves an empty database.
  const versions = sqliteShell(copy, HAS_HISTORY) === "0"
    ? "0"
    : sqliteShell(copy, CURRENT_VERSION);
  Deno.removeSync(directory, { recursive: true });
  if (check !== "ok") return `sqlite3 says ${check}`;

  engine.plug(nodeStorage());
  using connection = openDatabase(engine, path);
  const { version, ownContents } = readState(connection);
  if (String(version) !== versions) return `sqlite3 sees version ${versions}, godwit ${version}`;
  return states.get(ownContents) === version
    ? null
    : `the tracking table says ${version}, and the rest is something else`;
}

const HAS_HISTORY = "SELECT count(*) FROM sqlite_schema WHERE name = 'plugin_schema_migrations'";
const CURRENT_VERSION = `SELECT coalesce(max(version), 0) FROM plugin_schema_migrations
  WHERE status = 'applied'`;
