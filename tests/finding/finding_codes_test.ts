// Every finding code and every error code comes from a scenario here; a code without one fails.

import { runBackups } from "../support/backup_places.ts";
import * as assert from "uvu/assert";
import { join } from "node:path";
import { readBase } from "../../lib/history/database_base.ts";
import { executePlan } from "../../lib/execution/execute_plan.ts";
import { OPEN_GATE } from "../../lib/execution/execution.ts";
import { NEVER, sleep } from "../../lib/deadline.ts";
import { violationOf } from "../../lib/statement/policy.ts";
import { rehearse } from "../../lib/rehearsal/rehearse.ts";
import { completePlan, planStep } from "../../lib/plan/migration_plan.ts";
import { failureFindings } from "../../lib/rule/execution_findings.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { migration } from "../rule/facts.ts";
import { FINDING_CODES, type FindingCode } from "../../lib/finding/finding.ts";
import { pluginChanges } from "../../lib/cli/since.ts";
import { call, dispatch } from "../../lib/handler/dispatch.ts";
import type { Reply } from "../../lib/message/any_reply.ts";
import { ERROR_CODES, type ErrorCode } from "../../lib/message/reply.ts";
import { MAX_FILE_BYTES } from "../../lib/migration/parse_migration.ts";
import { statementFindings } from "../../lib/rule/statements.ts";
import { migrationSource } from "../../lib/source/file_source.ts";
import { rehearsedStep, statement } from "../rule/facts.ts";
import { migrationFile } from "../support/migration_file.ts";
import { holdNatively } from "../support/native_holder.ts";
import { ENDLESS_INSERT } from "../support/endless.ts";
import { makeRedefined, makeWithFunction } from "../support/other_program.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { type Files, Workspace } from "../support/workspace.ts";

const codes = suite("finding and error codes");

/** Produces findings; returns the codes that it saw. */
type Scenario = () => Promise<readonly string[]>;

const BASE = migrationFile(
  `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE);
CREATE TABLE child (p INTEGER REFERENCES t (id));
CREATE TABLE parent (id INTEGER PRIMARY KEY);
CREATE TABLE owned (p INTEGER REFERENCES parent (id) ON DELETE CASCADE);
INSERT INTO parent VALUES (1); INSERT INTO owned VALUES (1);
CREATE INDEX i ON t (a);
CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END;
CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT);
INSERT INTO t VALUES (1, 'x'), (2, 'y'); INSERT INTO child VALUES (1);
INSERT INTO counted DEFAULT VALUES;`,
  "DROP TABLE counted; DROP TABLE owned; DROP TABLE parent; DROP TABLE child; DROP TABLE t;",
);
const REBUILD = "CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO n SELECT * FROM t;" +
  " DROP TABLE t; ALTER TABLE n RENAME TO t;";

function codesOf(reply: Reply<"apply" | "rollback" | "status" | "check">): readonly string[] {
  if (!reply.success) return [...reply.errors, ...reply.warnings].map(({ code }) => code);
  if (reply.verb === "status") {
    return [...reply.checksum_warnings, ...reply.pending_warnings].map(({ code }) => code);
  }
  return "warnings" in reply ? reply.warnings.map(({ code }) => code) : [];
}

/** Applies files on top of the base migration. */
function applying(files: Files, body: object = {}): Scenario {
  return async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_base.sql": BASE });
    await workspace.apply("p");
    workspace.write("p", files);
    return codesOf(await workspace.ask("apply", "p", body));
  };
}

/** Applies one more migration with this SQL. */
function running(sql: string, body: object = {}, preamble = ""): Scenario {
  return applying({ "002_x.sql": migrationFile(sql, "SELECT 1;", preamble) }, body);
}

/** Applies one more file with this text. */
const file = (text: string | Uint8Array): Scenario => applying({ "002_x.sql": text });

/** Checks statements of code beside the base migration and one more with this SQL. */
function querying(statements: string, up: string): Scenario {
  return async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_base.sql": BASE, "002_x.sql": migrationFile(up, "SELECT 1;") });
    workspace.writeQueries("p", { "x.sql": statements });
    return codesOf(await (await workspace.migrator()).check("p"));
  };
}

/** Checks one more migration with this SQL after the base migration. */
const checking = (up: string): Scenario => querying("SELECT 1;", up);

/** Proves a file after one that makes the table `t`. */
function proving(up: string, down: string): Scenario {
  return async () => {
    await using workspace = new Workspace();
    workspace.write("p", {
      "001_t.sql": migrationFile(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);",
        "DROP TABLE t;",
      ),
      "002_x.sql": migrationFile(up, down),
    });
    return codesOf(await (await workspace.migrator()).check("p", { prove: true }));
  };
}

const ACCEPTS_NO_DOWN = "-- accept: no-down because it cannot go back";

const SCENARIOS: Readonly<Record<FindingCode, Scenario>> = {
  "file-name": applying({ "2_x.sql": migrationFile("SELECT 1;") }),
  "duplicate-version": applying({ "001_x.sql": migrationFile("SELECT 1;") }),
  "unreadable-file": async () => {
    await using workspace = new Workspace();
    Deno.mkdirSync(join(workspace.pluginsDir, "p", "migrations", "001_x.sql"), { recursive: true });
    return codesOf(await workspace.ask("apply", "p"));
  },
  "plugin-too-large": async () => {
    await using workspace = new Workspace({ maxPluginBytes: 10 });
    workspace.write("p", { "001_base.sql": BASE });
    return codesOf(await workspace.ask("apply", "p"));
  },
  "file-too-large": file(new Uint8Array(MAX_FILE_BYTES + 1)),
  "empty-file": file(""),
  "encoding": file(new Uint8Array([0xff])),
  "nul-character": file(migrationFile("SELECT '\0';")),
  "marker-missing": file("SELECT 1;"),
  "marker-repeated": file("-- UP\n-- UP\n-- DOWN\n"),
  "marker-order": file("-- DOWN\n-- UP\n"),
  "sql-before-up": file("SELECT 1;\n-- UP\n-- DOWN\n"),
  "directive": file(migrationFile("SELECT 1;", "", "-- requires: luck")),
  "unused-acceptance": async () => {
    await using workspace = new Workspace();
    const accepting = migrationFile("CREATE TABLE t (a);", "DROP TABLE t;", ACCEPTS_NO_DOWN);
    workspace.write("p", { "001_x.sql": accepting });
    return codesOf(await (await workspace.migrator()).check("p"));
  },
  "no-migrations": async () => {
    await using workspace = new Workspace();
    Deno.mkdirSync(join(workspace.pluginsDir, "p", "migrations"), { recursive: true });
    return codesOf(await workspace.ask("apply", "p"));
  },
  "stale-schema": async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_base.sql": BASE });
    workspace.writeSchema("p", "CREATE TABLE other (a);");
    const { context } = await workspace.migrator();
    return codesOf(await call("check", "p", {}, context));
  },
  "missing-file": async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_base.sql": BASE });
    await workspace.apply("p");
    workspace.remove("p", "001_base.sql");
    return codesOf(await workspace.ask("apply", "p"));
  },
  "from-history": async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_base.sql": BASE });
    await workspace.apply("p");
    workspace.remove("p", "001_base.sql");
    return codesOf(await workspace.ask("rollback", "p"));
  },
  "history-mismatch": async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_base.sql": BASE });
    await workspace.apply("p");
    workspace.remove("p", "001_base.sql");
    sqliteShell(
      workspace.database("p"),
      "UPDATE plugin_schema_migration_log SET file_text = replace(file_text, 'DROP', 'drop')",
    );
    return codesOf(await workspace.ask("rollback", "p"));
  },
  "checksum-mismatch": applying({ "001_base.sql": `${BASE}-- edited\n` }),
  "changed-file": async () => {
    await using workspace = new Workspace();
    const { root, pluginsDir } = workspace;
    const git = (...args: readonly string[]): unknown =>
      new Deno.Command("git", { args: [...args], cwd: root, stdout: "null" }).outputSync();
    workspace.write("p", { "001_base.sql": BASE });
    git("init", "--quiet", "--initial-branch", "main");
    git("add", "-A");
    git("-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "--quiet", "-m", "x");
    workspace.write("p", { "001_base.sql": `${BASE}-- edited\n` });
    const changes = await pluginChanges("main", pluginsDir);
    return changes.ok ? changes.value.get("p")?.errors.map(({ code }) => code) ?? [] : [];
  },
  "manifest-mismatch": async () => {
    await using workspace = new Workspace();
    const { context } = await workspace.migrator();
    const file = { file: "001_base.sql", bytes: new TextEncoder().encode(BASE) };
    const read = () => Promise.resolve({ ...file, promised: "0".repeat(64) });
    const source = migrationSource({
      plugins: () => Promise.resolve(["p"]),
      list: () => Promise.resolve({ found: true, files: [{ file: file.file, read }] }),
    });
    return codesOf(await dispatch("apply", "p", new Uint8Array(), { ...context, source }));
  },
  "foreign-history": async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_base.sql": BASE });
    workspace.write("q", { "001_base.sql": BASE });
    await workspace.apply("p");
    Deno.renameSync(workspace.database("p"), workspace.database("q"));
    return codesOf(await workspace.ask("apply", "q"));
  },
  "late-migration": async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "002_base.sql": BASE });
    await workspace.apply("p");
    workspace.write("p", { "001_late.sql": migrationFile("SELECT 1;") });
    return codesOf(await workspace.ask("status", "p"));
  },
  "not-rehearsed": applying({
    "002_x.sql": migrationFile("SELEKT 1;"),
    "003_y.sql": migrationFile("SELECT 1;"),
  }),
  "irreversible": async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_x.sql": migrationFile("CREATE TABLE t (a);") });
    await workspace.apply("p");
    return codesOf(await workspace.ask("rollback", "p"));
  },
  "no-down": applying({ "002_x.sql": migrationFile("SELECT 1;") }),
  "incomplete-down": async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_x.sql": migrationFile("CREATE TABLE t (a);", "SELECT 1;") });
    return codesOf(await (await workspace.migrator()).check("p"));
  },
  "down-loses-values": proving(
    "CREATE TABLE n (id INTEGER PRIMARY KEY); INSERT INTO n SELECT id FROM t; DROP TABLE t;" +
      " ALTER TABLE n RENAME TO t;",
    "ALTER TABLE t ADD COLUMN a TEXT;",
  ),
  "down-differs": proving("CREATE INDEX i ON t (a);", "SELECT 1;"),
  "up-not-repeatable": proving("CREATE INDEX i ON t (a);", "SELECT 1;"),
  // No two rows of made-up texts are the same.
  "unproven-down": proving("INSERT INTO t VALUES (99, 99), (99, 99);", "DELETE FROM t;"),
  "syntax-error": running("SELEKT 1;"),
  "sql-error": running("SELECT * FROM nowhere;"),
  "bind-parameter": running("SELECT ?;"),
  "transaction-control": running("COMMIT;"),
  "attach": running("ATTACH 'x' AS y;"),
  "vacuum": running("VACUUM;"),
  "pragma": running("PRAGMA foreign_keys = OFF;"),
  "reserved-table": running("DELETE FROM plugin_schema_migrations;"),
  // This build of SQLite has none of these functions; another that loads the same files may.
  "forbidden-function": () => {
    const violation = violationOf({ kind: "function", name: "LOAD_EXTENSION" });
    if (violation === null) return Promise.resolve([]);
    const step = rehearsedStep({
      statements: [statement({ problems: [{ kind: "violation", violation }] })],
    });
    return Promise.resolve(statementFindings(step).map(({ code }) => code));
  },
  "requires-sqlite": running("SELECT 1;", {}, "-- requires: sqlite >= 9.0"),
  "alter-drop-column": running("ALTER TABLE child ADD COLUMN q; ALTER TABLE child DROP COLUMN q;"),
  "alter-column": running("ALTER TABLE t ALTER COLUMN a SET NOT NULL;"),
  "alter-constraint": running("ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0);"),
  "needs-empty-table": running("ALTER TABLE t ADD COLUMN b TEXT NOT NULL;"),
  "broken-view": running("CREATE VIEW v AS SELECT missing FROM t;"),
  "broken-trigger": running(
    "CREATE TRIGGER b AFTER INSERT ON t BEGIN DELETE FROM nowhere; END;",
  ),
  "dangling-foreign-key": running("CREATE TABLE c (p REFERENCES later (id));"),
  "broken-query": querying("SELECT a FROM t", "ALTER TABLE t RENAME TO u;"),
  "failing-query": querying("SELECT b FROM t", "SELECT 1;"),
  "unchecked-query": querying("BEGIN", "SELECT 1;"),
  "stray-reference": running(
    "ALTER TABLE t RENAME TO t_old; CREATE TABLE t (id INTEGER PRIMARY KEY);",
  ),
  "lost-index": running(REBUILD),
  "lost-trigger": running(REBUILD),
  "copy-forgets-column": running(REBUILD.replace("n SELECT *", "n (id) SELECT id")),
  "misplaced-columns": running("CREATE TABLE m (a, id); INSERT INTO m SELECT * FROM t;"),
  "idle-sequence": async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_x.sql": migrationFile("DELETE FROM sqlite_sequence;") });
    return codesOf(await workspace.ask("apply", "p"));
  },
  // A table without rows: the sum is NULL, which the column does not take.
  "unproven-statement": running(
    "CREATE TABLE s (n NOT NULL); INSERT INTO s SELECT sum(id) FROM t;",
  ),
  "unloadable-object": unloadable,
  "foreign-key-action": running("DELETE FROM parent WHERE id = 1;"),
  "foreign-key-mismatch": running("CREATE TABLE m (a REFERENCES child (p));"),
  "constraint-violation": running(REBUILD.replace("a TEXT", "a TEXT CHECK (id > 1)")),
  "foreign-key-violation": running("DELETE FROM t WHERE id = 1;"),
  "broken-schema": brokenSchema,
  "interrupted": running(`CREATE TABLE e (a); ${ENDLESS_INSERT}`, { timeout_ms: 400 }),
  "storage": async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_base.sql": BASE });
    await workspace.apply("p");
    Deno.chmodSync(workspace.database("p"), 0o444);
    return codesOf(await workspace.ask("rollback", "p"));
  },
  "damaged-backup": async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_base.sql": BASE });
    await workspace.apply("p");
    sqliteShell(
      workspace.database("p"),
      `CREATE TABLE violated (a CHECK (a > 0)); PRAGMA ignore_check_constraints = ON;
       INSERT INTO violated VALUES (-1);`,
    );
    const made = await workspace.ask("backup", "p");
    assert.ok(made.success);
    const listed = await workspace.ask("backups", "p", { verify: true });
    assert.match(listed.success ? listed.backups[0]?.problem ?? "" : "", "CHECK constraint");
    const reply = await workspace.ask("restore", "p", { backup: made.backup });
    assert.ok(reply.success);
    return reply.warnings.map(({ code }) => code);
  },
  "unchecked-backup": async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_base.sql": BASE });
    await workspace.apply("p");
    const made = await workspace.ask("backup", "p");
    assert.ok(made.success);
    Deno.removeSync(`${made.path}.json`);
    const reply = await workspace.ask("restore", "p", { backup: made.backup, dry_run: true });
    assert.ok(reply.success);
    return reply.warnings.map(({ code }) => code);
  },
  "passed-over-backup": async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_base.sql": BASE });
    await workspace.apply("p");
    await workspace.ask("backup", "p");
    const newest = await workspace.ask("backup", "p");
    assert.ok(newest.success);
    Deno.writeTextFileSync(newest.path, "damaged");
    const reply = await workspace.ask("restore", "p", { backup: "latest" });
    assert.ok(reply.success);
    return reply.warnings.map(({ code }) => code);
  },
  "rename-table": checking("ALTER TABLE child RENAME TO kid;"),
  "rename-column": checking("ALTER TABLE child RENAME COLUMN p TO q;"),
  "possible-violation": checking("CREATE UNIQUE INDEX u ON child (p);"),
  "lost-foreign-key": checking(
    "CREATE TABLE n (p); INSERT INTO n SELECT p FROM child; DROP TABLE child;" +
      " ALTER TABLE n RENAME TO child;",
  ),
  "drop-table": running("DROP TABLE child;"),
  "drop-column": running(
    "ALTER TABLE child ADD COLUMN q; ALTER TABLE child DROP COLUMN q;" +
      " CREATE TABLE n (q); DROP TABLE child; ALTER TABLE n RENAME TO child;",
  ),
  "delete-rows": running("DELETE FROM child;"),
  "lose-values": running("UPDATE t SET a = NULL;"),
  "overwrite-values": running("UPDATE t SET a = 'new' WHERE id = 1;"),
  "reused-numbers": running(
    "CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT); DROP TABLE counted;" +
      " ALTER TABLE n RENAME TO counted;",
  ),
  "unmeasured-losses": unmeasured,
  "no-backup-space-check": withoutStatfs,
};

/** Another SQL runs than the one that was rehearsed, as a bug would have it. */
async function brokenSchema(): Promise<readonly string[]> {
  const sqlite3 = await loadSqlite(sqliteModule);
  using connection = new Connection(sqlite3, { kind: "memory" });
  const base = await readBase(connection, "p");
  const step = planStep(migration(1), "apply");
  const deadline = NEVER;
  const { steps: rehearsed } = await rehearse(sqlite3, base, [step], deadline);
  const plan = await completePlan({
    plugin: "p",
    direction: "apply",
    from: 0,
    to: 1,
    base: base.digests,
    steps: [{ ...step, sql: "CREATE TABLE other (a);" }],
  });
  const execution = await executePlan(connection, plan, rehearsed, {
    mode: "commit",
    transaction: "migration",
    runId: "1",
    appliedBy: "system",
    texts: new Map(),
    deadline,
    now: () => "2026-01-01T00:00:00.000Z",
    backups: runBackups(),
    commitGate: OPEN_GATE,
    onEvent() {},
  });
  return failureFindings(execution).map(({ code }) => code);
}

/** A database with an index on a function that only its program has. */
async function unloadable(): Promise<readonly string[]> {
  await using workspace = new Workspace();
  workspace.write("p", { "001_x.sql": migrationFile("CREATE TABLE x (a);") });
  makeWithFunction(workspace.database("p"));
  return codesOf(await workspace.ask("status", "p"));
}

/** A table whose key has a collation that only its program has. */
async function unmeasured(): Promise<readonly string[]> {
  await using workspace = new Workspace();
  workspace.write("p", { "001_x.sql": migrationFile("DROP TABLE k;") });
  const plain = "CREATE TABLE k (v TEXT PRIMARY KEY) WITHOUT ROWID;";
  makeRedefined(workspace.database("p"), plain, "k", plain.replace("TEXT", "TEXT COLLATE de"));
  return codesOf(await workspace.ask("apply", "p"));
}

/** A process that was not granted --allow-sys=statfs. */
async function withoutStatfs(): Promise<readonly string[]> {
  await using workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE });
  await workspace.apply("p");
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--allow-read",
      "--allow-write",
      new URL("../../mod.ts", import.meta.url).pathname,
      "rollback",
      "p",
      "--json",
      "--plugins",
      workspace.pluginsDir,
      "--data",
      workspace.dataDir,
    ],
    stdin: "null",
  }).output();
  return [...new TextDecoder().decode(stdout).matchAll(/"code":"([a-z-]+)"/g)]
    .map(([, code]) => code ?? "");
}

for (const [code, scenario] of Object.entries(SCENARIOS)) {
  codes(`${code} is found`, async () => {
    const found = await scenario();
    assert.ok(found.includes(code), `found ${found.join(", ") || "nothing"}`);
  });
}

codes("every finding code has a scenario", () => {
  assert.equal(Object.keys(SCENARIOS).sort(), Object.keys(FINDING_CODES).sort());
});

/** What makes each error code; RESPONSE_TOO_LARGE is NATS's, for only a server has a limit. */
const ERRORS: Readonly<
  Record<Exclude<ErrorCode, "RESPONSE_TOO_LARGE">, (workspace: Workspace) => Promise<Reply>>
> = {
  INVALID_REQUEST: (workspace) => workspace.ask("apply", "p", { dryrun: true }),
  PLUGIN_NOT_FOUND: (workspace) => workspace.ask("apply", "nobody"),
  MIGRATION_IN_PROGRESS: async (workspace) => {
    const lock = (await workspace.migrator()).context.locks.acquire({
      plugin: "p",
      tenant: null,
    }, "1");
    const reply = await workspace.ask("apply", "p");
    if (lock.kind === "acquired") lock.release();
    return reply;
  },
  VALIDATION_FAILED: (workspace) => {
    workspace.write("p", { "002_x.sql": migrationFile("COMMIT;") });
    return workspace.ask("apply", "p");
  },
  PLAN_CHANGED: (workspace) => workspace.ask("rollback", "p", { plan_hash: "0".repeat(64) }),
  MIGRATION_FAILED: (workspace) => {
    workspace.write("p", { "002_x.sql": migrationFile("INSERT INTO t (id) VALUES (1);") });
    return workspace.ask("apply", "p");
  },
  ROLLBACK_FAILED: async (workspace) => {
    workspace.write("p", {
      "002_x.sql": migrationFile("SELECT 1;", "INSERT INTO t (id) VALUES (1);"),
    });
    await workspace.apply("p");
    return await workspace.ask("rollback", "p");
  },
  CANCELLED: async (workspace) => {
    workspace.write("p", { "002_x.sql": migrationFile(ENDLESS_INSERT) });
    workspace.events.length = 0;
    const asked = workspace.ask("apply", "p");
    while (!workspace.events.some(({ event }) => event === "migration_started")) await sleep(5);
    await workspace.ask("cancel", "p");
    return await asked;
  },
  BACKUP_NOT_FOUND: (workspace) => workspace.ask("restore", "p", { backup: "latest" }),
  RESTORE_FAILED: async (workspace) => {
    const made = await workspace.ask("backup", "p");
    assert.ok(made.success && made.verb === "backup");
    Deno.truncateSync(made.path, 4096);
    return await workspace.ask("restore", "p", { backup: "latest" });
  },
  DATABASE_UNAVAILABLE: async (workspace) => {
    await using _holder = await holdNatively(workspace.database("p"), "exclusive transaction");
    return await workspace.ask("rollback", "p");
  },
  INTERNAL_ERROR: async (workspace) => {
    const { context } = await workspace.migrator();
    const source = { ...context.source, find: () => Promise.reject(new Error("a bug")) };
    return await dispatch("status", "p", new Uint8Array(), { ...context, source });
  },
};

for (const [code, scenario] of Object.entries(ERRORS)) {
  codes(`${code} is replied`, async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_base.sql": BASE });
    await workspace.apply("p");
    const reply = await scenario(workspace);
    assert.is(reply.success ? "success" : reply.error_code, code);
  });
}

codes("every error code that needs no server has a scenario", () => {
  const expected = ERROR_CODES.filter((code) => code !== "RESPONSE_TOO_LARGE");
  assert.equal(Object.keys(ERRORS).sort(), [...expected].sort());
});

codes.run();
