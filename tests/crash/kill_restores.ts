// Kills processes while they restore a database, and looks at the database that they leave.

import { join } from "node:path";
import type { Random } from "../support/random.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { runAndKill } from "./run_and_kill.ts";

/** What was tried, and what was wrong. */
export interface RestoreKills {
  readonly kills: number;
  /** Kills after which the first, and the second, of the two databases was found. */
  readonly found: readonly [number, number];
  readonly problems: readonly string[];
}

const PLUGIN = "p";
// Their names are not godwit's, so they stay whatever the limits say.
const NAMES = ["one.sqlite3", "two.sqlite3"] as const;

/** How the processes are killed. */
export interface KillSettings {
  readonly kills: number;
  /** About the size of the database. */
  readonly sizeBytes: number;
  readonly journalMode: "delete" | "wal";
  /** The longest time that a process runs; a restore should fit into it. */
  readonly mostDelayMs: number;
}

/** Kills processes, one after the other, that restore two backups of one database in turn. */
export async function killRestores(
  { kills, sizeBytes, journalMode, mostDelayMs }: KillSettings,
  random: Random,
): Promise<RestoreKills> {
  const root = Deno.makeTempDirSync({ prefix: "godwit-kill-restore-" });
  const backups = join(root, "data", "backups", PLUGIN);
  const found: [number, number] = [0, 0];
  const problems: string[] = [];
  try {
    Deno.mkdirSync(backups, { recursive: true });
    Deno.mkdirSync(join(root, "plugins", PLUGIN, "migrations"), { recursive: true });
    for (const name of NAMES) make(join(backups, name), name, sizeBytes);
    const path = join(root, "data", `${PLUGIN}.sqlite3`);
    Deno.copyFileSync(join(backups, NAMES[0]), path);
    sqliteShell(path, `PRAGMA journal_mode = ${journalMode}`);
    for (let kill = 1; kill <= kills; kill++) {
      await restoreAndKill(root, random.integer(0, mostDelayMs));
      const content = sqliteShell(path, "SELECT DISTINCT name FROM t; PRAGMA integrity_check");
      const index = NAMES.findIndex((name) => content === `${name}\nok`);
      if (index === 0 || index === 1) found[index] += 1;
      else problems.push(`kill ${kill}: ${content.slice(0, 200)}`);
    }
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
  return { kills, found, problems };
}

/** Every row has the name, so that pages of two databases cannot be one without notice. */
function make(path: string, name: string, sizeBytes: number): void {
  const rows = Math.ceil(sizeBytes / 1_000);
  sqliteShell(
    path,
    `CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, filler BLOB);
     INSERT INTO t WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT ${rows})
       SELECT n, '${name}', randomblob(950) FROM c;`,
  );
}

async function restoreAndKill(root: string, delayMs: number): Promise<void> {
  const args = [join(root, "plugins"), join(root, "data"), PLUGIN, NAMES[1], NAMES[0]];
  await runAndKill(new URL("./restore_for_ever.ts", import.meta.url), args, delayMs);
}
