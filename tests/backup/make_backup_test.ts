// Backups: once for each run, before the first step that takes something away.

import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { settleExecution } from "../../lib/database/settle_execution.ts";
import type { Execution } from "../../lib/execution/execution.ts";
import { type BackupPlace, knownBackups } from "../../lib/backup/backup_place.ts";
import type { BackupLabel } from "../../lib/backup/backup_record.ts";
import { backUp, type BackupOutcome } from "../../lib/backup/make_backup.ts";
import { DEFAULT_BACKUP_RULES } from "../../lib/backup/backup_rules.ts";
import { type Deadline, NEVER } from "../../lib/deadline.ts";
import { backupDirectory } from "../../lib/database/backup_directory.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { isInterrupt } from "../../lib/sqlite/sqlite_error.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { installVfs } from "../../lib/vfs/install_vfs.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { StorageError } from "../../lib/vfs/storage.ts";
import { migrationFile } from "../support/migration_file.ts";
import { holdOpen } from "../support/hold_open.ts";
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
  const files = namesIn(directory);
  assert.equal(files.slice(1), [`${files[0]}.json`]);
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

const LABEL: BackupLabel = {
  plugin: "p",
  tenant: null,
  reason: "lossy",
  planHash: "plan",
  runId: "run",
  at: "2026-01-31T12:00:00.000Z",
};
const NAME = "p-v0-20260131T120000000Z.sqlite3";

const sqlite3 = await loadSqlite(sqliteModule);
const vfs = installVfs(sqlite3, nodeStorage(), "backup-test");

/** A database of a workspace with rows, and the directory of its backups. */
function database(workspace: Workspace): {
  readonly connection: Connection;
  readonly place: BackupPlace;
  readonly directory: string;
} {
  const path = join(workspace.root, "p.sqlite3");
  const connection = new Connection(sqlite3, { kind: "file", vfs, path, access: "create" });
  connection.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2);");
  const directory = join(workspace.root, "backups");
  return { connection, directory, place: backupDirectory(directory, path, nodeStorage()) };
}

function backUpTo(
  connection: Connection,
  place: BackupPlace,
  deadline: Deadline = NEVER,
): Promise<BackupOutcome> {
  return backUp(connection, LABEL, { place, deadline });
}

function namesIn(directory: string): readonly string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

backups("backUp() refuses where too little is free, and says how much is needed", async () => {
  await using workspace = new Workspace();
  const { connection, place, directory } = database(workspace);
  using _open = connection;
  connection.exec("INSERT INTO t VALUES (zeroblob(500000));");
  const outcome = await backUpTo(connection, { ...place, freeBytes: () => 1_000_000 });
  assert.match(outcome.ok ? "" : outcome.message, /needs \d{7} bytes, and 1000000 are free/);
  assert.match(outcome.ok ? "" : outcome.message, "make room and try again");
  assert.equal(namesIn(directory), []);
});

backups("backUp() writes a record beside the copy, and both are private", async () => {
  await using workspace = new Workspace();
  const { connection, place, directory } = database(workspace);
  using _open = connection;
  const outcome = await backUpTo(connection, { ...place, freeBytes: () => null });
  assert.ok(outcome.ok);
  assert.is(outcome.value.spaceChecked, false);
  assert.equal(namesIn(directory), [NAME, `${NAME}.json`]);
  const file = join(directory, NAME);
  assert.is(sqliteShell(file, "SELECT a FROM t"), "1\n2");
  const bytes = Deno.readFileSync(file);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  assert.equal(JSON.parse(Deno.readTextFileSync(`${file}.json`)), {
    plugin: "p",
    tenant: null,
    version: 0,
    reason: "lossy",
    plan_hash: "plan",
    run_id: "run",
    size_bytes: bytes.length,
    sha256: digest,
    at: LABEL.at,
    problem: null,
  });
  const modeOf = (path: string): number => (Deno.statSync(path).mode ?? 0) & 0o777;
  assert.equal([directory, file, `${file}.json`].map(modeOf), [0o700, 0o600, 0o600]);
});

backups("backUp() copies a database with a log whole, as one without a log", async () => {
  await using workspace = new Workspace();
  const path = join(workspace.root, "p.sqlite3");
  sqliteShell(path, "PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1);");
  using _reader = holdOpen(path);
  sqliteShell(path, "INSERT INTO t VALUES (2)");
  using connection = new Connection(sqlite3, { kind: "file", vfs, path, access: "create" });
  const directory = join(workspace.root, "backups");
  const outcome = await backUpTo(connection, backupDirectory(directory, path, nodeStorage()));
  assert.ok(outcome.ok, JSON.stringify(outcome));
  assert.equal(namesIn(directory), [NAME, `${NAME}.json`]);
  const copy = join(directory, NAME);
  assert.is(sqliteShell(copy, "PRAGMA journal_mode; SELECT a FROM t"), "delete\n1\n2");
  assert.is(connection.value("PRAGMA journal_mode"), "wal");
});

backups("backUp() refuses a copy that differs from the database, and leaves none", async () => {
  await using workspace = new Workspace();
  const { connection, place, directory } = database(workspace);
  using _open = connection;
  connection.exec("CREATE INDEX i ON t (a); INSERT INTO t VALUES (zeroblob(20000));");
  const storage = nodeStorage();
  const cases: readonly (readonly [string, (page: Uint8Array) => void, RegExp])[] = [
    // The cell count of the page of t.
    ["fewer rows", (page) => page.fill(0, 3, 5), /not the database: /],
    ["no page", (page) => page.fill(0xff), /not the database: quick_check says/],
  ];
  for (const [what, spoil, message] of cases) {
    const spoiling = installVfs(sqlite3, {
      ...storage,
      open(path, mode, like) {
        const file = storage.open(path, mode, like);
        return {
          ...file,
          write(bytes, at) {
            const written = bytes.slice();
            // The second page, in whichever write it is.
            const second = 4096 - at;
            if (second >= 0 && second < written.length) {
              spoil(written.subarray(second, second + 4096));
            }
            file.write(written, at);
          },
        };
      },
    }, `spoiling ${what}`);
    const path = join(workspace.root, "p.sqlite3");
    connection.close();
    using spoiled = new Connection(sqlite3, {
      kind: "file",
      vfs: spoiling,
      path,
      access: "create",
    });
    const outcome = await backUpTo(spoiled, place);
    assert.match(outcome.ok ? "a backup" : outcome.message, message, what);
    assert.equal(namesIn(directory), [], what);
  }
});

backups("backUp() keeps a faithful copy of rows that violate a constraint", async () => {
  await using workspace = new Workspace();
  const { connection, place } = database(workspace);
  using _open = connection;
  connection.exec(`CREATE TABLE c (a CHECK (a > 0)); PRAGMA ignore_check_constraints = ON;
    INSERT INTO c VALUES (-1); PRAGMA ignore_check_constraints = OFF;`);
  const outcome = await backUpTo(connection, place);
  assert.match(
    outcome.ok ? outcome.value.record.problem ?? "" : outcome.message,
    "CHECK constraint",
  );
  assert.ok(outcome.ok);
});

backups("backUp() stops at its deadline, and leaves nothing", async () => {
  await using workspace = new Workspace();
  const { connection, place, directory } = database(workspace);
  using _open = connection;
  const over = { atMs: 0, signal: { aborted: false } };
  try {
    await backUpTo(connection, place, over);
    assert.unreachable();
  } catch (error) {
    assert.ok(isInterrupt(error), String(error));
  }
  assert.equal(namesIn(directory), []);
});

backups("backUp() discards a copy that could not be finished", async () => {
  await using workspace = new Workspace();
  const { connection, place } = database(workspace);
  using _open = connection;
  const nowhere = join(workspace.root, "nowhere", NAME);
  const discarded: string[] = [];
  const outcome = await backUpTo(connection, {
    ...place,
    begin: () => nowhere,
    discard: (name) => discarded.push(name),
  });
  assert.not.ok(outcome.ok);
  assert.equal(discarded, [NAME]);
  const refused = await backUpTo(connection, {
    ...place,
    begin: (name) => {
      throw new StorageError("EROFS", "create", name);
    },
  });
  assert.match(refused.ok ? "" : refused.message, "the file system is read-only");
});

backups("backUp() removes what a process that was killed has left", async () => {
  await using workspace = new Workspace();
  const { connection, place, directory } = database(workspace);
  using _open = connection;
  Deno.mkdirSync(directory);
  for (const suffix of ["", "-journal", ".json"]) {
    const name = `p-v1-20260101T000000000Z.sqlite3${suffix === ".json" ? ".json" : ""}.incomplete`;
    Deno.writeTextFileSync(join(directory, `${name}${suffix === "-journal" ? suffix : ""}`), "x");
  }
  // Killed between two names: the backup itself never had its own.
  for (const suffix of ["-wal", ".json"]) {
    const name = `p-unreadable-20260101T000000000Z.sqlite3${suffix}`;
    Deno.writeTextFileSync(join(directory, name), "x");
  }
  assert.equal(await knownBackups(place, "p"), []);
  assert.ok((await backUpTo(connection, place)).ok);
  assert.equal(namesIn(directory), [NAME, `${NAME}.json`]);
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

backups("a run that fails after its backup removes no older one", async () => {
  await using workspace = new Workspace({ keepBackups: 1 });
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  const made = await workspace.succeed("backup", "p");
  workspace.write("p", {
    "002_fails.sql": migrationFile(
      "DROP TABLE t; CREATE TABLE u (a UNIQUE); INSERT INTO u VALUES (1), (1);",
    ),
  });
  await workspace.refused("apply", "p");
  assert.equal(filesOf(workspace).toSorted(), [made.backup, `${made.backup}.json`]);
  workspace.write("p", { "002_fails.sql": migrationFile("DROP TABLE t;", "SELECT 1;") });
  const { backup } = await workspace.apply("p");
  assert.equal(filesOf(workspace).map((name) => name.endsWith(".json")).toSorted(), [false, true]);
  assert.ok(backup !== undefined && existsSync(backup));
});

backups("a backup that cannot be deleted stays, and the result names it", async () => {
  const execution: Execution = {
    executed: [],
    history: [],
    backup: { name: "p.sqlite3", path: "/backups/p.sqlite3" },
    stepsBeforeBackup: 0,
    watched: new Map(),
    spaceChecked: true,
    review: null,
    end: { kind: "plan-changed", message: "changed" },
  };
  const refuse = (path: string): Promise<void> =>
    Promise.reject(new StorageError("EIO", "delete", path));
  const settled = await settleExecution(execution, {
    plugin: "p",
    backups: { list: () => Promise.resolve([]), remove: refuse },
    retention: DEFAULT_BACKUP_RULES.retention,
    read: () => Promise.reject(new Error("nothing is read")),
  });
  assert.equal(settled, execution);
});

backups("a name that is taken costs no file", async () => {
  await using workspace = new Workspace();
  const { connection, place, directory } = database(workspace);
  using _open = connection;
  Deno.mkdirSync(directory);
  const [taken, link] = [NAME, NAME.replace("000Z", "001Z")].map((name) => join(directory, name));
  Deno.writeTextFileSync(taken ?? "", "an older backup");
  Deno.symlinkSync(join(workspace.root, "outside"), link ?? "");
  assert.not.ok((await backUpTo(connection, { ...place, freeBytes: () => 0 })).ok);
  assert.equal([...Deno.readDirSync(directory)].length, 2);
  assert.is(place.begin(NAME), null);
  assert.is(Deno.readTextFileSync(taken ?? ""), "an older backup");
  Deno.removeSync(link ?? "");
  Deno.writeTextFileSync(link ?? "", "an older backup");
  const made = await backUpTo(connection, place);
  assert.is(made.ok && made.value.name, NAME.replace("000Z", "002Z"));
  assert.ok(made.ok && isIntact(made.value.path));
  assert.not.ok(existsSync(join(workspace.root, "outside")));
});

for (const [policy, makes] of [["always", true], ["never", false]] as const) {
  backups(
    `a policy of ${policy} ${makes ? "makes one before any run" : "makes none"}`,
    async () => {
      await using workspace = new Workspace({ backup: policy });
      workspace.write("p", { "001_create.sql": CREATE });
      assert.is((await workspace.apply("p")).backup, undefined);
      workspace.write("p", {
        "002_add.sql": migrationFile("CREATE TABLE u (a);", "DROP TABLE u;"),
        "003_delete.sql": migrationFile("DELETE FROM t;", "SELECT 1;"),
      });
      const { backup, applied_migrations: applied } = await workspace.apply("p");
      assert.is(backup !== undefined, makes);
      assert.equal(applied.at(-1)?.data_loss, [{ kind: "rows", table: "t", rows: 2 }]);
      if (!makes) return;
      const listed = await workspace.succeed("backups", "p");
      assert.equal(listed.backups.map(({ reason, version }) => [reason, version]), [[policy, 1]]);
    },
  );
}

backups.run();
