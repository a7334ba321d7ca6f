// A backup is renamed into the place of a database while godwit migrates it, before each of its changes
// to files: nothing of the run reaches the new file, and nothing of the old one is replayed into it.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { dispatch } from "../../lib/handler/dispatch.ts";
import type { Reply } from "../../lib/message/any_reply.ts";
import type { Verb } from "../../lib/message/verbs.ts";
import { parseMigration } from "../../lib/migration/parse_migration.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { directContext } from "../crash/direct_context.ts";
import { startEngine } from "../crash/engine.ts";
import { PLUGIN } from "../crash/migration_session.ts";
import { faultStorage, isChange } from "../support/fault_storage.ts";
import { migrationFile } from "../support/migration_file.ts";
import { isIntact } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { filesOf, JOURNAL_MODES, type JournalMode } from "./native_states.ts";

const replaced = suite("a database that is replaced while it is migrated");
const engine = await startEngine();

const FILES = {
  "001_create_votes.sql": migrationFile(
    "CREATE TABLE votes (quote, vote); INSERT INTO votes SELECT id, 1 FROM quotes;",
    "DROP TABLE votes;",
  ),
  "002_rebuild_quotes.sql": migrationFile(
    `CREATE TABLE quotes_new (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
     INSERT INTO quotes_new SELECT id, body FROM quotes; DROP TABLE quotes;
     ALTER TABLE quotes_new RENAME TO quotes;`,
    "SELECT 1;",
  ),
};
const migrations = await Promise.all(
  Object.entries(FILES).map(async ([file, text]) => {
    const parsed = await parseMigration(file, new TextEncoder().encode(text));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
    return parsed.migration;
  }),
);

// How many changes lie between two that are tried; each kill is a process of its own.
const EVERY = 4;
const EVERY_KILL = 11;

const OLD_ROWS = 50;
const MORE_ROWS = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
  WHERE i < ${OLD_ROWS}) INSERT INTO quotes (body) SELECT printf('%0200d', i) FROM n`;

/** A database, and a backup of it from some transactions ago. */
function prepare(directory: string, mode: JournalMode): { path: string; backup: string } {
  const path = join(directory, `${PLUGIN}.sqlite3`);
  const backup = join(directory, "backup");
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode=${mode}; CREATE TABLE quotes (id INTEGER PRIMARY KEY, body)`);
  database.exec(`${MORE_ROWS}; VACUUM INTO '${backup}'; ${MORE_ROWS}; CREATE TABLE notes (a)`);
  // Each program that writes page 1 moves the change counter on.
  database.close();
  for (let version = 1; version <= 5; version++) {
    const other = new DatabaseSync(path);
    other.exec(`PRAGMA user_version=${version}`);
    other.close();
  }
  if (mode === "wal") {
    const copy = new DatabaseSync(backup);
    copy.exec("PRAGMA journal_mode=WAL");
    copy.close();
  }
  return { path, backup };
}

async function ask(verb: Verb, path: string): Promise<Reply> {
  return await dispatch(verb, PLUGIN, new Uint8Array(), directContext(engine, migrations, path));
}

/** Applies both migrations; the file is replaced before the `at`th change. `null` where it was not. */
async function applyWhileReplaced(path: string, backup: string, at: number): Promise<Reply | null> {
  let changes = 0;
  engine.plug(faultStorage(nodeStorage(), (operation) => {
    if (isChange(operation) && ++changes === at) Deno.renameSync(backup, path);
    return null;
  }));
  const reply = await ask("apply", path);
  engine.plug(nodeStorage({ busyTimeoutMs: 500 }));
  return changes < at ? null : reply;
}

/** Holds the new file to what the backup had. */
function assertIsBackup(path: string): void {
  assert.ok(isIntact(path));
  const database = new DatabaseSync(path);
  try {
    const tables = database.prepare("SELECT name FROM sqlite_schema").all();
    assert.equal(tables.map(({ name }) => name), ["quotes"]);
    assert.is(database.prepare("SELECT count(*) AS n FROM quotes").get()?.n, OLD_ROWS);
  } finally {
    database.close();
  }
}

for (const mode of JOURNAL_MODES) {
  replaced(`gets nothing of the run, and can be migrated: ${mode}`, async () => {
    const ends = new Map<string, number>();
    for (let change = 1;; change += EVERY) {
      const directory = Deno.makeTempDirSync({ prefix: "godwit-replaced-" });
      try {
        const { path, backup } = prepare(directory, mode);
        const reply = await applyWhileReplaced(path, backup, change);
        if (reply === null) break;
        const title = `change ${change}`;
        const end = reply.success ? "success" : reply.error_code;
        ends.set(end, (ends.get(end) ?? 0) + 1);
        if (!reply.success && reply.message.includes("(EREPLACED)")) {
          assert.match(reply.message, /nothing of this transaction is in the new file/, title);
          const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
          // SQLite itself rolls back by a journal, and deletes it.
          const isAside = names.some((name) => name.includes("-wal-of-replaced-database-"));
          assert.is(isAside, mode === "wal", `${title}: ${names}`);
        }
        const status = await ask("status", path);
        assert.is("current_version" in status && status.current_version, 0, title);
        assertIsBackup(path);
        assert.ok((await ask("apply", path)).success, title);
        assert.ok(isIntact(path), title);
      } finally {
        Deno.removeSync(directory, { recursive: true });
      }
    }
    assert.ok((ends.get("DATABASE_UNAVAILABLE") ?? 0) > 5, JSON.stringify([...ends]));
  });
}

for (const mode of JOURNAL_MODES) {
  replaced(`is refused with what a killed godwit left beside it: ${mode}`, async () => {
    let refusals = 0;
    for (let change = 1;; change += EVERY_KILL) {
      const directory = Deno.makeTempDirSync({ prefix: "godwit-replaced-" });
      try {
        const { path, backup } = prepare(directory, mode);
        if (!await killAndReplace(directory, path, backup, change)) break;
        const before = filesOf(path);
        engine.plug(nodeStorage({ busyTimeoutMs: 500 }));
        for (const verb of ["status", "apply"] as const) {
          const reply = await ask(verb, path);
          if (reply.success) break;
          refusals += 1;
          assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
          assert.match(reply.message, /belongs to another database.*move the log away/);
          assert.equal(filesOf(path), before, `change ${change}: ${verb} changed files`);
          if (verb === "status") continue;
          moveAway(path);
          assert.ok((await ask("status", path)).success);
        }
        assertIsBackup(path);
      } finally {
        Deno.removeSync(directory, { recursive: true });
      }
    }
    assert.ok(refusals > 0);
  });
}

/** Whether a process was killed before so many changes, and the file replaced. */
async function killAndReplace(
  directory: string,
  path: string,
  backup: string,
  change: number,
): Promise<boolean> {
  const files = join(directory, "plugins", PLUGIN, "migrations");
  Deno.mkdirSync(files, { recursive: true });
  for (const [name, text] of Object.entries(FILES)) Deno.writeTextFileSync(join(files, name), text);
  const program = new URL("./migrate_and_die.ts", import.meta.url).pathname;
  const { signal } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-check", "-A", program, join(directory, "plugins"), path],
      ...["default", String(change), backup],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return signal === "SIGKILL";
}

function moveAway(path: string): void {
  for (const suffix of ["-wal", "-journal", "-shm"]) {
    try {
      Deno.renameSync(`${path}${suffix}`, `${path}${suffix}-away`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

replaced.run();
