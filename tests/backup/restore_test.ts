// restore: a backup takes the place of a database, whole, and what was there is kept.

import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { BackupEntry, RestoreReply } from "../../lib/message/backup_reply.ts";
import type { FailureReply } from "../../lib/message/any_reply.ts";
import { migrationFile } from "../support/migration_file.ts";
import { DEFAULT_BACKUP_RULES } from "../../lib/backup/backup_rules.ts";
import { KeptRehearsals } from "../../lib/database/kept_rehearsals.ts";
import { WorkerDatabase } from "../../lib/database/worker_database.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { installVfs } from "../../lib/vfs/install_vfs.ts";
import { backupDirectory } from "../../lib/database/backup_directory.ts";
import { STATE, type ThreadState, threadState } from "../../lib/database/thread_state.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { holdNatively } from "../support/native_holder.ts";
import { NativeProgram } from "../support/native_program.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { NEVER } from "../../lib/deadline.ts";

const restoring = suite("restore");

const FILES = {
  "001_create.sql": migrationFile(
    "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, 'y');",
    "DROP TABLE t;",
  ),
};
const LOSSY = {
  "002_drop.sql": "-- requires: sqlite >= 3.35.0\n" +
    migrationFile("ALTER TABLE t DROP COLUMN b;", "SELECT 1;"),
};

/** A plugin `p` at version 2, which lost a column, and one backup from before. */
async function migrated(journalMode: "delete" | "wal" = "delete"): Promise<Workspace> {
  const workspace = new Workspace({ journalMode });
  workspace.write("p", FILES);
  await workspace.apply("p");
  workspace.write("p", LOSSY);
  await workspace.apply("p");
  return workspace;
}

async function backupsOf(workspace: Workspace, body: object = {}): Promise<readonly BackupEntry[]> {
  return (await workspace.succeed("backups", "p", body)).backups;
}

async function restored(
  workspace: Workspace,
  body: object = { backup: "latest" },
): Promise<RestoreReply> {
  return await workspace.succeed("restore", "p", body);
}

function refused(workspace: Workspace, backup: string): Promise<FailureReply> {
  return workspace.refused("restore", "p", { backup });
}

const sqlite3 = await loadSqlite(sqliteModule);
const storage = nodeStorage();
const vfs = installVfs(sqlite3, storage, "restore-test");

/** The database of `p`, in this thread. */
function workerDatabase(workspace: Workspace, state: ThreadState): WorkerDatabase {
  const path = workspace.database("p");
  const directory = join(workspace.dataDir, "backups", "p");
  return new WorkerDatabase(
    {
      sqlite3,
      vfs,
      storage,
      journal: { mode: "delete" },
      rehearsals: new KeptRehearsals(),
      backups: DEFAULT_BACKUP_RULES,
    },
    {
      kind: "plugin",
      plugin: "p",
      tenant: null,
      path,
      backups: backupDirectory(directory, path, storage),
    },
    state,
  );
}

/** All that native SQLite finds in the database of `p`. */
function contents(workspace: Workspace): string {
  return sqliteShell(workspace.database("p"), ".dump");
}

for (const journalMode of ["delete", "wal"] as const) {
  restoring(`brings back version, schema and rows with journal_mode=${journalMode}`, async () => {
    await using workspace = await migrated(journalMode);
    sqliteShell(workspace.database("p"), "INSERT INTO t VALUES (3)");
    const before = contents(workspace);
    const [backup] = await backupsOf(workspace);
    const reply = await restored(workspace);
    assert.equal(
      [reply.restored, reply.previous_version, reply.current_version],
      [backup?.name, 2, 1],
    );
    assert.equal(reply.changes, [
      { change: "added", object: "column", table: "t", name: "b", detail: null },
    ]);
    assert.equal(reply.rows, [{ table: "t", before: 3, after: 2 }]);
    assert.is(sqliteShell(workspace.database("p"), "SELECT a, b FROM t"), "1|x\n2|y");
    assert.is(sqliteShell(workspace.database("p"), "PRAGMA journal_mode"), journalMode);
    assert.ok(isIntact(workspace.database("p")));
    const status = await workspace.status("p");
    assert.equal([status.current_version, status.pending_count], [1, 1]);

    const [replaced] = await backupsOf(workspace);
    assert.equal([replaced?.name, replaced?.reason, replaced?.version], [
      reply.replaced,
      "replaced",
      2,
    ]);
    assert.is(replaced?.run_id, reply.run_id);
    const back = await restored(workspace, { backup: reply.replaced });
    assert.equal([back.previous_version, back.current_version], [1, 2]);
    assert.is(contents(workspace), before, "a restore undoes a restore");
    assert.is((await workspace.apply("p")).applied_migrations.length, 0);
  });

  restoring(`is seen whole by a native connection that stays open, ${journalMode}`, async () => {
    await using workspace = await migrated(journalMode);
    await using native = new NativeProgram(workspace.database("p"));
    const columns = async (): Promise<readonly unknown[]> =>
      (await native.run("SELECT name FROM pragma_table_info('t')")).map(({ name }) => name);
    assert.equal(await columns(), ["a"]);
    await restored(workspace);
    assert.equal(await native.run("SELECT a, b FROM t WHERE a = 1"), [{ a: 1, b: "x" }]);
    await native.run("INSERT INTO t VALUES (4, 'written')");
    assert.is(sqliteShell(workspace.database("p"), "SELECT count(*) FROM t"), "3");
    // The schema has another number each time, or the connection would take it for the one it knows.
    await restored(workspace);
    assert.equal(await columns(), ["a"]);
    assert.is(sqliteShell(workspace.database("p"), "PRAGMA journal_mode"), journalMode);
    assert.ok(isIntact(workspace.database("p")));
  });
}

restoring("a dry run says what would change, and changes nothing", async () => {
  await using workspace = await migrated();
  const before = Deno.readFileSync(workspace.database("p"));
  const reply = await restored(workspace, { backup: "latest", dry_run: true });
  assert.equal([reply.dry_run, reply.previous_version, reply.current_version], [true, 2, 1]);
  assert.equal(reply.changes.map(({ name }) => name), ["b"]);
  assert.equal(reply.rows, []);
  assert.is(reply.replaced, undefined);
  assert.equal(Deno.readFileSync(workspace.database("p")), before);
  assert.is((await backupsOf(workspace)).length, 1);
  assert.equal(workspace.events.filter(({ verb }) => verb === "restore"), []);
});

restoring("publishes its events, with the run's id", async () => {
  await using workspace = await migrated();
  workspace.events.length = 0;
  const reply = await restored(workspace, { backup: "latest", applied_by: "ann" });
  assert.equal(
    workspace.events.map(({ event, verb, run_id }) => [event, verb, run_id]),
    ["run_requested", "run_started", "run_finished"].map((each) => [each, "restore", reply.run_id]),
  );
  workspace.events.length = 0;
  await refused(workspace, "none.sqlite3");
  const finished = workspace.events.at(-1);
  assert.ok(finished?.event === "run_finished");
  assert.equal([finished.success, finished.error_code, finished.current_version], [
    false,
    "BACKUP_NOT_FOUND",
    1,
  ]);
});

restoring("an unknown name is refused, and so is one that leads elsewhere", async () => {
  await using workspace = await migrated();
  const before = Deno.readFileSync(workspace.database("p"));
  Deno.copyFileSync(workspace.database("p"), join(workspace.dataDir, "other.sqlite3"));
  for (
    const name of ["none.sqlite3", "../../other.sqlite3", "/etc/passwd", "..", ".", "a/b.sqlite3"]
  ) {
    const reply = await refused(workspace, name);
    assert.is(reply.error_code, "BACKUP_NOT_FOUND", name);
    assert.match(reply.message, "ask for backups");
  }
  for (const body of [{}, { backup: "" }, { backup: 1 }, { backup: "x".repeat(300) }]) {
    assert.is((await workspace.refused("restore", "p", body)).error_code, "INVALID_REQUEST");
  }
  assert.is(
    (await workspace.refused("restore", "q", { backup: "latest" })).error_code,
    "PLUGIN_NOT_FOUND",
  );
  assert.equal(Deno.readFileSync(workspace.database("p")), before);
});

restoring("a backup that was removed since it was listed is not found", async () => {
  await using workspace = await migrated();
  const [backup] = await backupsOf(workspace);
  assert.ok(backup);
  Deno.removeSync(join(workspace.dataDir, "backups", "p", backup.name));
  assert.is((await refused(workspace, backup.name)).error_code, "BACKUP_NOT_FOUND");
});

restoring("what is damaged, foreign or too new is refused by what it is", async () => {
  await using workspace = await migrated();
  workspace.write("q", FILES);
  await workspace.apply("q");
  const before = Deno.readFileSync(workspace.database("p"));
  const directory = join(workspace.dataDir, "backups", "p");
  const [{ name } = { name: "" }] = await backupsOf(workspace);
  const original = Deno.readFileSync(join(directory, name));
  const record = JSON.parse(Deno.readTextFileSync(join(directory, `${name}.json`)));

  const put = (bytes: Uint8Array, changes: object | null): void => {
    Deno.writeFileSync(join(directory, "it.sqlite3"), bytes);
    const path = join(directory, "it.sqlite3.json");
    if (changes === null) Deno.writeTextFileSync(path, "no record");
    else Deno.writeTextFileSync(path, JSON.stringify({ ...record, ...changes }));
  };
  const changed = (at: number, ...values: number[]): Uint8Array => {
    const bytes = original.slice();
    bytes.set(values, at);
    return bytes;
  };
  const cases: readonly (readonly [RegExp, Uint8Array, object | null])[] = [
    [/it is damaged: its SHA-256 is/, changed(5000, 7), {}],
    [/it is damaged: it has \d+ bytes, and \d+ by its record/, original.subarray(0, 8192), {}],
    [/it is damaged: /, changed(4096 + 3, 0xff, 0xff), null],
    [/it is damaged: /, original.subarray(0, 8192), null],
    [/it is not a SQLite database, or it is encrypted/, new TextEncoder().encode("text"), null],
    [/it is not a SQLite database, or it is encrypted/, new Uint8Array(), null],
    [/it is a backup of "q"/, original, { plugin: "q" }],
    [/it is a backup of "p\/acme"/, original, { tenant: "acme" }],
    [/it is the database of "q" and not of "p"/, Deno.readFileSync(workspace.database("q")), null],
    [/it has a newer SQLite format/, changed(18, 3, 3), null],
    [/it has a newer SQLite format/, changed(44, 0, 0, 0, 9), null],
    [/a write-ahead log belongs to it/, changed(18, 2, 2), null],
  ];
  for (const [message, bytes, changes] of cases) {
    put(bytes, changes);
    const reply = await refused(workspace, "it.sqlite3");
    assert.is(reply.error_code, "RESTORE_FAILED", String(message));
    assert.match(reply.message, message);
    assert.match(reply.message, 'Cannot restore "it.sqlite3", and nothing was changed');
    const verified = await backupsOf(workspace, { verify: true });
    const problems = new Map(verified.map((each) => [each.name, each.problem]));
    assert.equal([problems.get(name), problems.get("it.sqlite3")], [null, reply.message]);
  }
  put(original, null);
  assert.equal(Deno.readFileSync(workspace.database("p")), before);
  assert.is((await restored(workspace, { backup: "it.sqlite3" })).current_version, 1);
});

restoring("a database that cannot be opened is replaced, and its bytes are kept", async () => {
  const garbage = new TextEncoder().encode("not a database ".repeat(1000));
  await using workspace = await migrated();
  const whole = Deno.readFileSync(workspace.database("p"));
  for (const bytes of [garbage, whole.subarray(0, 50), whole.subarray(0, 5000)]) {
    Deno.writeFileSync(workspace.database("p"), bytes);
    const name = (await backupsOf(workspace)).find(({ reason }) => reason === "lossy")?.name;
    const dry = await restored(workspace, { backup: name, dry_run: true });
    assert.equal([dry.previous_version, dry.current_version], [null, 1]);
    assert.equal(Deno.readFileSync(workspace.database("p")), bytes);
    const reply = await restored(workspace, { backup: name });
    assert.equal([reply.previous_version, reply.current_version], [null, 1]);
    assert.is(sqliteShell(workspace.database("p"), "SELECT a, b FROM t"), "1|x\n2|y");
    const kept = join(workspace.dataDir, "backups", "p", reply.replaced ?? "");
    const keptBytes = Deno.readFileSync(kept);
    assert.equal(keptBytes.length, bytes.length);
    // A difference of two long arrays would fill the screen.
    const differs = keptBytes.findIndex((byte, at) => byte !== bytes[at]);
    assert.is(differs, -1);
    assert.match(reply.replaced ?? "", /^p-unreadable-\d{8}T\d{9}Z\.sqlite3$/);
    const refusal = await refused(workspace, reply.replaced ?? "");
    assert.is(refusal.error_code, "RESTORE_FAILED");
    // The newest that can be read.
    assert.is((await restored(workspace, { backup: "latest", dry_run: true })).restored, name);
    assert.is((await workspace.apply("p")).current_version, 2);
  }
});

restoring("keeps the log of a database that cannot be opened, and does not replay it", async () => {
  await using workspace = await migrated("wal");
  const path = workspace.database("p");
  const held = new DatabaseSync(path);
  held.exec("INSERT INTO t VALUES (99)");
  const log = Deno.readFileSync(`${path}-wal`);
  held.close();
  Deno.writeTextFileSync(path, "rubbish ".repeat(200));
  Deno.writeFileSync(`${path}-wal`, log);
  const reply = await restored(workspace);
  const kept = join(workspace.dataDir, "backups", "p", reply.replaced ?? "");
  assert.equal(Deno.readFileSync(`${kept}-wal`), log);
  const listed = (await backupsOf(workspace)).find(({ name }) => name === reply.replaced);
  assert.is(listed?.size_bytes, Deno.statSync(kept).size + log.length);
  const place = backupDirectory(join(workspace.dataDir, "backups", "p"), path, nodeStorage());
  await place.remove(reply.replaced ?? "");
  assert.not.ok(existsSync(`${kept}-wal`));
  assert.not.ok(existsSync(`${path}-wal`));
  assert.is(sqliteShell(path, "SELECT a, b FROM t"), "1|x\n2|y");
});

restoring("a damaged database that another program locks is not touched", async () => {
  await using workspace = await migrated();
  const path = workspace.database("p");
  sqliteShell(path, "INSERT INTO t VALUES (zeroblob(20000))");
  const held = new DatabaseSync(path);
  // The file loses its end while another program has a transaction.
  held.exec("BEGIN IMMEDIATE; INSERT INTO t VALUES (99)");
  Deno.truncateSync(path, 8192);
  const before = Deno.readFileSync(path);
  const inode = Deno.statSync(path).ino;
  const reply = await refused(workspace, "latest");
  assert.equal([reply.error_code, reply.sqlite_code], ["DATABASE_UNAVAILABLE", "SQLITE_BUSY"]);
  assert.equal(Deno.readFileSync(path), before);
  assert.ok(existsSync(`${path}-journal`));
  held.close();
  await restored(workspace);
  assert.is(Deno.statSync(path).ino, inode, "programs that have the file open keep it");
  assert.is(sqliteShell(path, "SELECT a, b FROM t"), "1|x\n2|y");
});

restoring("a damaged database with a log is replaced under its locks", async () => {
  await using workspace = await migrated("wal");
  const path = workspace.database("p");
  sqliteShell(path, "INSERT INTO t VALUES (zeroblob(20000))");
  await using native = new NativeProgram(path);
  await native.run("SELECT 1 FROM sqlite_schema");
  // The page of the schema says that it is of a kind that there is not.
  const file = Deno.openSync(path, { write: true });
  file.seekSync(100, Deno.SeekMode.Start);
  file.writeSync(Uint8Array.of(0xff));
  file.close();
  const reply = await restored(workspace);
  assert.is(reply.previous_version, null);
  assert.ok(isIntact(path));
  assert.is(sqliteShell(path, "PRAGMA journal_mode; SELECT a, b FROM t"), "wal\n1|x\n2|y");
  assert.equal(await native.run("SELECT count(*) AS n FROM t"), [{ n: 2 }]);
});

restoring("a thread that was given up commits nothing", async () => {
  for (const bytes of [null, new TextEncoder().encode("not a database ".repeat(1000))]) {
    await using workspace = await migrated();
    const path = workspace.database("p");
    if (bytes !== null) Deno.writeFileSync(path, bytes);
    const before = Deno.readFileSync(path);
    const state = threadState();
    assert.ok(state !== null);
    Atomics.store(state, STATE.isGivenUp, 1);
    const database = workerDatabase(workspace, state);
    const outcome = await database.backups.restore(
      { runId: "run", backup: "latest", dryRun: false },
      NEVER,
    );
    assert.equal([outcome.ok, outcome.ok || outcome.sqliteCode], [false, "SQLITE_INTERRUPT"]);
    assert.equal(Deno.readFileSync(path), before);
    assert.is((await backupsOf(workspace)).length, 1, "nor does the copy stay");
  }
});

restoring("a listener that fails or hangs gets the end of the run", async () => {
  for (const how of ["fails", "hangs"] as const) {
    await using workspace = await migrated();
    workspace.events.length = 0;
    const asked = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    (await workspace.migrator()).onBeforeRun(({ verb }) => {
      if (verb !== "restore") return Promise.resolve();
      asked.resolve();
      return how === "fails" ? Promise.reject(new Error("listener")) : end.promise;
    });
    const running = workspace.refused("restore", "p", { backup: "latest" });
    await asked.promise;
    if (how === "hangs") assert.ok((await workspace.ask("cancel", "p")).success);
    const { error_code: code } = await running;
    end.resolve();
    const finished = workspace.events.at(-1);
    assert.ok(finished?.event === "run_finished");
    assert.equal([finished.error_code, finished.current_version], [code, 2]);
    assert.is(code, how === "fails" ? "INTERNAL_ERROR" : "CANCELLED");
  }
});

restoring("a database that is missing is made, and nothing is replaced", async () => {
  await using workspace = await migrated();
  Deno.removeSync(workspace.database("p"));
  const reply = await restored(workspace);
  assert.equal([reply.previous_version, reply.current_version, reply.replaced], [0, 1, undefined]);
  assert.is(sqliteShell(workspace.database("p"), "SELECT a, b FROM t"), "1|x\n2|y");
});

restoring("other page sizes and kinds of vacuum take each other's place", async () => {
  await using workspace = await migrated();
  const path = workspace.database("p");
  for (const pageSize of [512, 65_536]) {
    sqliteShell(path, `PRAGMA page_size = ${pageSize}; PRAGMA auto_vacuum = FULL; VACUUM;`);
    const before = contents(workspace);
    const there = await restored(workspace, { backup: (await backupsOf(workspace)).at(-1)?.name });
    assert.ok(isIntact(path));
    assert.is(sqliteShell(path, "SELECT a, b FROM t"), "1|x\n2|y");
    await restored(workspace, { backup: there.replaced });
    assert.ok(isIntact(path));
    assert.is(contents(workspace), before);
  }
});

restoring("another page size is refused in WAL mode, whole, with the way out", async () => {
  await using workspace = await migrated();
  const path = workspace.database("p");
  sqliteShell(path, "PRAGMA page_size = 8192; VACUUM; PRAGMA journal_mode = WAL;");
  const before = contents(workspace);
  const reply = await refused(workspace, "latest");
  assert.is(reply.error_code, "RESTORE_FAILED");
  assert.match(reply.message, /page size.*journal_mode=DELETE/);
  assert.is(contents(workspace), before);
});

restoring("a database that a native program holds is not touched", async () => {
  await using workspace = await migrated();
  const before = contents(workspace);
  {
    await using _holder = await holdNatively(workspace.database("p"), "exclusive transaction");
    const reply = await refused(workspace, "latest");
    assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
    const backup = await workspace.refused("backup", "p");
    assert.is(backup.error_code, "DATABASE_UNAVAILABLE");
  }
  assert.is(contents(workspace), before);
  assert.is((await restored(workspace)).current_version, 1);
});

restoring("waits for no run, and keeps runs out", async () => {
  await using workspace = await migrated();
  const { context } = await workspace.migrator();
  const lock = context.locks.acquire({ plugin: "p", tenant: null }, "other");
  assert.ok(lock.kind === "acquired");
  for (const [verb, body] of [["restore", { backup: "latest" }], ["backup", {}]] as const) {
    const reply = await workspace.refused(verb, "p", body);
    assert.is(reply.error_code, "MIGRATION_IN_PROGRESS");
  }
  assert.is((await workspace.ask("backups", "p")).success, true);
  lock.release("ended");
  let during: unknown[] = [];
  (await workspace.migrator()).onBeforeRun(async ({ verb }) => {
    if (verb !== "restore") return;
    const refusal = await workspace.refused("apply", "p");
    const status = await workspace.status("p");
    during = [refusal.error_code, status.locked, status.progress?.verb, status.current_version];
    assert.match(refusal.message, '"p" is held by a restore by ann');
  });
  await restored(workspace, { backup: "latest", applied_by: "ann" });
  assert.equal(during, ["MIGRATION_IN_PROGRESS", true, "restore", 2]);
});

restoring("ends at its time limit, and nothing has changed", async () => {
  await using workspace = await migrated();
  sqliteShell(
    workspace.database("p"),
    "INSERT INTO t WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 200000) " +
      "SELECT n FROM c",
  );
  const before = contents(workspace);
  const reply = await workspace.refused("restore", "p", { backup: "latest", timeout_ms: 1 });
  assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
  assert.match(reply.message, /^The restore was stopped, because the time limit was reached/);
  const backup = await workspace.refused("backup", "p", { timeout_ms: 1 });
  assert.match(backup.message, /^The backup was stopped, because the time limit was reached/);
  const finished = workspace.events.at(-1);
  assert.is(finished?.event === "run_finished" && finished.current_version, 2);
  assert.is(contents(workspace), before);
  assert.is((await backupsOf(workspace)).length, 1);
});

restoring("each tenant has its own backups", async () => {
  await using workspace = new Workspace();
  workspace.write("p", FILES);
  for (const tenant of ["acme", "globex"]) {
    await workspace.apply("p", { tenant });
    assert.ok((await workspace.ask("backup", "p", { tenant })).success);
    sqliteShell(workspace.database("p", tenant), `UPDATE t SET b = '${tenant}'`);
  }
  assert.equal(await backupsOf(workspace), []);
  const reply = await restored(workspace, { tenant: "acme", backup: "latest" });
  assert.is(reply.tenant, "acme");
  const rows = (tenant: string): string =>
    sqliteShell(workspace.database("p", tenant), "SELECT b FROM t");
  assert.equal([rows("acme"), rows("globex")], ["x\ny", "globex\nglobex"]);
});

restoring("backup makes one now, which backups lists, and readers go on meanwhile", async () => {
  await using workspace = await migrated();
  await using _holder = await holdNatively(workspace.database("p"), "open reader");
  const made = await workspace.ask("backup", "p");
  assert.ok(made.success, JSON.stringify(made));
  const [backup] = await backupsOf(workspace, { verify: true });
  assert.equal(
    [backup?.name, backup?.reason, backup?.version, backup?.run_id, backup?.problem],
    [made.backup, "request", 2, made.run_id, null],
  );
  assert.is(backup?.size_bytes, Deno.statSync(made.path).size);
  const page = await workspace.succeed("backups", "p", { limit: 1, offset: 1 });
  assert.equal([page.backups.length, page.backup_count], [1, 2]);
});

restoring("backup says that there is no database, or no plugin", async () => {
  await using workspace = new Workspace();
  workspace.write("p", FILES);
  assert.match((await workspace.refused("backup", "p")).message, "there is no database at");
  assert.is((await workspace.refused("backup", "q")).error_code, "PLUGIN_NOT_FOUND");
  assert.is((await workspace.refused("backups", "q")).error_code, "PLUGIN_NOT_FOUND");
  assert.not.ok(existsSync(workspace.database("p")));
});

restoring.run();
