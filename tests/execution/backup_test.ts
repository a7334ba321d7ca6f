// Backups: once for each run, before the first step that takes something away.

import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { settleExecution } from "../../lib/database/settle_execution.ts";
import type { Execution } from "../../lib/execution/execution.ts";
import { backUp, type BackupPlace } from "../../lib/execution/backup.ts";
import { backupDirectory } from "../../lib/database/backup_directory.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { installVfs } from "../../lib/vfs/install_vfs.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { StorageError } from "../../lib/vfs/storage.ts";
import { migrationFile } from "../support/migration_file.ts";
import { makeRedefined } from "../support/other_program.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const backups = suite("backup");

const CREATE = migrationFile("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2);", "DROP TABLE t;");

backups("is made once for a run and holds what went, also rows of the same run", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  workspace.write("p", {
    "002_more.sql": migrationFile("INSERT INTO t VALUES (3);", "SELECT 1;"),
    "003_delete.sql": migrationFile("DELETE FROM t WHERE a = 1;", "SELECT 1;"),
    "004_drop.sql": migrationFile("DROP TABLE t;", "CREATE TABLE t (a);"),
  });
  const reply = await workspace.apply("p");
  const directory = join(workspace.dataDir, "backups", "p");
  const files = [...Deno.readDirSync(directory)].map(({ name }) => name);
  assert.is(files.length, 1);
  assert.is(reply.backup, join(directory, files[0] ?? ""));
  assert.match(files[0] ?? "", /^p-v2-\d{8}T\d{9}Z\.sqlite3$/);
  const backup = reply.backup ?? "";
  assert.ok(isIntact(backup));
  assert.is(sqliteShell(backup, "SELECT a FROM t ORDER BY a"), "1\n2\n3");
  assert.is(
    sqliteShell(backup, "SELECT version, status FROM plugin_schema_migrations"),
    "1|applied\n2|applied",
  );
});

backups("is named also where the run fails after it", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_create.sql": CREATE,
    "002_delete.sql": migrationFile("DELETE FROM t;", "SELECT 1;"),
    "003_fails.sql": migrationFile(
      "INSERT INTO t SELECT 1; CREATE UNIQUE INDEX i ON t (1 / (a - a));",
    ),
    "004_fails.sql": migrationFile("CREATE TABLE u (a UNIQUE); INSERT INTO u VALUES (1), (1);"),
  });
  workspace.remove("p", "003_fails.sql");
  const reply = await workspace.refused("apply", "p");
  assert.is(reply.failed_version, 4);
  assert.is(sqliteShell(reply.backup ?? "", "SELECT count(*) FROM t"), "2");
});

backups("is made before a rollback that takes rows away", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  const { backup } = await workspace.rollback("p");
  assert.is(sqliteShell(backup ?? "", "SELECT count(*) FROM t"), "2");
});

backups("is not made where nothing is lost, nor in a dry run", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_create.sql": CREATE,
    "002_add.sql": migrationFile(
      "ALTER TABLE t ADD COLUMN b; UPDATE t SET b = 1; CREATE TABLE e (a); DELETE FROM e;",
      "SELECT 1;",
    ),
    "003_drop_empty.sql": migrationFile("DROP TABLE e;", "SELECT 1;"),
  });
  assert.is((await workspace.apply("p")).backup, undefined);
  assert.is(
    (await workspace.rollback("p", { target_version: 0, dry_run: true })).backup,
    undefined,
  );
  assert.not.ok(existsSync(join(workspace.dataDir, "backups")));
});

backups("that cannot be made keeps the step from running", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  workspace.write("p", {
    "002_more.sql": migrationFile("INSERT INTO t VALUES (3);", "SELECT 1;"),
    "003_drop.sql": migrationFile("DROP TABLE t;", "SELECT 1;"),
  });
  Deno.writeTextFileSync(join(workspace.dataDir, "backups"), "a file, not a directory");
  const reply = await workspace.refused("apply", "p");
  assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
  assert.match(reply.message, "Cannot back up before the first destructive step");
  assert.equal(reply.applied_migrations?.map(({ version }) => version), [2]);
  assert.is(reply.current_version, 2);
  assert.is(sqliteShell(workspace.database("p"), "SELECT count(*) FROM t"), "3");
  assert.is((await workspace.status("p")).current_version, 2);
});

backups("copies pages where the database has a collation of its program", async () => {
  await using workspace = new Workspace();
  makeRedefined(
    workspace.database("p"),
    "CREATE TABLE k (id INTEGER PRIMARY KEY, v); CREATE TABLE t (a); INSERT INTO t VALUES (1);",
    "k",
    "CREATE TABLE k (id INTEGER PRIMARY KEY, v TEXT COLLATE de)",
  );
  workspace.write("p", { "001_update.sql": migrationFile("UPDATE t SET a = 2;") });
  const { backup } = await workspace.apply("p");
  assert.is(sqliteShell(backup ?? "", "SELECT a FROM t"), "1");
});

const LABEL = { plugin: "p", occasion: "v1", at: "2026-01-31T12:00:00.000Z" };
const NAME = "p-v1-20260131T120000000Z.sqlite3";

/** A place that says how much is free, and remembers what happened to it. */
function place(directory: string, freeBytes: number | null): BackupPlace & { gone: string[] } {
  const gone: string[] = [];
  return {
    gone,
    newFile: (name) => join(directory, name),
    freeBytes: () => freeBytes,
    discard: (path) => gone.push(path),
  };
}

backups("backUp() refuses where too little is free, and says how much is needed", async () => {
  await using workspace = new Workspace();
  using connection = new Connection(await loadSqlite(sqliteModule), { kind: "memory" });
  connection.exec("CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(500000));");
  const outcome = backUp(connection, place(workspace.root, 1_000_000), LABEL);
  assert.not.ok(outcome.ok);
  assert.match(outcome.ok ? "" : outcome.message, /needs \d{7} bytes, and 1000000 are free/);
  assert.match(outcome.ok ? "" : outcome.message, "make room and try again");
  assert.not.ok(existsSync(join(workspace.root, NAME)));
});

backups(
  "backUp() copies where the free space is not known, and says that nobody looked",
  async () => {
    await using workspace = new Workspace();
    const sqlite3 = await loadSqlite(sqliteModule);
    const vfs = installVfs(sqlite3, nodeStorage(), "backup-test");
    const path = join(workspace.root, "p.sqlite3");
    using connection = new Connection(sqlite3, { kind: "file", vfs, path, access: "create" });
    connection.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1);");
    const outcome = backUp(connection, place(workspace.root, null), LABEL);
    assert.equal(outcome, {
      ok: true,
      value: { path: join(workspace.root, NAME), spaceChecked: false },
    });
    assert.is(sqliteShell(join(workspace.root, NAME), "SELECT a FROM t"), "1");
  },
);

backups("backUp() discards a copy that could not be finished", async () => {
  await using workspace = new Workspace();
  const sqlite3 = await loadSqlite(sqliteModule);
  const vfs = installVfs(sqlite3, nodeStorage(), "backup-test");
  const path = join(workspace.root, "p.sqlite3");
  using connection = new Connection(sqlite3, { kind: "file", vfs, path, access: "create" });
  connection.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1);");
  const nowhere = place(join(workspace.root, "nowhere"), null);
  const outcome = backUp(connection, nowhere, LABEL);
  assert.not.ok(outcome.ok);
  assert.equal(nowhere.gone, [join(workspace.root, "nowhere", NAME)]);
  const refusing: BackupPlace = {
    ...place(workspace.root, null),
    newFile: (name) => {
      throw new StorageError("EROFS", "create", name);
    },
  };
  const refused = backUp(connection, refusing, LABEL);
  assert.match(refused.ok ? "" : refused.message, "the file system is read-only");
});

/** The files in the directory of the backups of `p`. */
function filesOf(workspace: Workspace): readonly string[] {
  const directory = join(workspace.dataDir, "backups", "p");
  return existsSync(directory) ? [...Deno.readDirSync(directory)].map(({ name }) => name) : [];
}

backups("a run that commits nothing after its backup leaves none", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  workspace.write("p", {
    "002_fails.sql": migrationFile(
      "DROP TABLE t; CREATE TABLE u (a UNIQUE); INSERT INTO u VALUES (1), (1);",
    ),
  });
  const reply = await workspace.refused("apply", "p");
  assert.equal([reply.error_code, reply.backup], ["MIGRATION_FAILED", undefined]);
  workspace.write("p", {
    "002_fails.sql": migrationFile("CREATE TABLE u (a);"),
    "003_fails.sql": migrationFile(
      "DROP TABLE t; CREATE TABLE v (a UNIQUE); INSERT INTO v VALUES (1), (1);",
    ),
  });
  const second = await workspace.refused("apply", "p");
  assert.equal([second.current_version, second.backup], [2, undefined]);
  assert.equal(filesOf(workspace), []);
});

backups("a backup that cannot be deleted stays, and the result names it", async () => {
  const execution: Execution = {
    executed: [],
    history: [],
    backup: "/backups/p.sqlite3",
    stepsBeforeBackup: 0,
    watched: new Map(),
    spaceChecked: true,
    review: null,
    end: { kind: "plan-changed", message: "changed" },
  };
  const refuse = (path: string): void => {
    throw new StorageError("EIO", "delete", path);
  };
  const settled = await settleExecution(execution, {
    plugin: "p",
    backups: { newFile: () => null, freeBytes: () => null, discard: refuse },
    read: () => Promise.reject(new Error("nothing is read")),
  });
  assert.equal(settled, execution);
});

backups("a name that is taken costs no file", async () => {
  await using workspace = new Workspace();
  const directory = join(workspace.root, "backups");
  const database = join(workspace.root, "p.sqlite3");
  Deno.writeTextFileSync(database, "");
  const place = backupDirectory(directory, database, nodeStorage());
  using connection = new Connection(await loadSqlite(sqliteModule), { kind: "memory" });
  Deno.mkdirSync(directory);
  const [taken, link] = [NAME, NAME.replace("000Z", "001Z")].map((name) => join(directory, name));
  Deno.writeTextFileSync(taken ?? "", "an older backup");
  Deno.symlinkSync(join(workspace.root, "outside"), link ?? "");
  connection.exec("CREATE TABLE t (a)");
  const outcome = backUp(connection, { ...place, freeBytes: () => 0 }, LABEL);
  assert.not.ok(outcome.ok);
  assert.equal([...Deno.readDirSync(directory)].length, 2);
  assert.is(place.newFile(NAME), null);
  assert.is(Deno.readTextFileSync(taken ?? ""), "an older backup");

  const vfs = installVfs(connection.sqlite3, nodeStorage(), "backup-test");
  using own = new Connection(connection.sqlite3, {
    kind: "file",
    vfs,
    path: database,
    access: "create",
  });
  own.exec("CREATE TABLE t (a)");
  const made = backUp(own, place, LABEL);
  assert.is(made.ok && made.value.path, join(directory, NAME.replace("000Z", "002Z")));
  assert.ok(made.ok && isIntact(made.value.path));
  assert.not.ok(existsSync(join(workspace.root, "outside")));
});

backups.run();
