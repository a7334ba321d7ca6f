// executePlan(): what it does to the connection it is given.

import { runBackups } from "../support/backup_places.ts";
import * as assert from "uvu/assert";
import { readBase } from "../../lib/history/database_base.ts";
import { executePlan } from "../../lib/execution/execute_plan.ts";
import { type Execution, type ExecutionOptions, OPEN_GATE } from "../../lib/execution/execution.ts";
import { rehearse } from "../../lib/rehearsal/rehearse.ts";
import { parseMigration } from "../../lib/migration/parse_migration.ts";
import { completePlan, planStep } from "../../lib/plan/migration_plan.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { NEVER } from "../../lib/deadline.ts";

const executing = suite("executePlan()");
const sqlite3 = await loadSqlite(sqliteModule);

const OPTIONS: ExecutionOptions = {
  mode: "commit",
  transaction: "migration",
  runId: "1",
  appliedBy: "system",
  texts: new Map(),
  deadline: NEVER,
  now: () => "2026-01-01T00:00:00.000Z",
  backups: runBackups(),
  commitGate: OPEN_GATE,
  onEvent: () => {},
};

/** Plans one migration on a connection; `meanwhile` happens between the plan and the run. */
async function run(
  connection: Connection,
  up: string,
  meanwhile: () => void = () => {},
  options: Partial<ExecutionOptions> = {},
): Promise<Execution> {
  const bytes = new TextEncoder().encode(migrationFile(up, "SELECT 1;"));
  const parsed = await parseMigration("001_x.sql", bytes);
  if (!parsed.ok) throw new Error("not a migration");
  const steps = [planStep(parsed.migration, "apply")];
  const base = await readBase(connection, "p");
  const { steps: rehearsed } = await rehearse(sqlite3, base, steps, NEVER);
  const draft = { plugin: "p", direction: "apply", from: 0, to: 1, steps } as const;
  const plan = await completePlan({ ...draft, base: base.digests });
  meanwhile();
  return await executePlan(connection, plan, rehearsed, { ...OPTIONS, ...options });
}

executing("restores foreign_keys, whether the run succeeds, fails or is refused", async () => {
  for (const setting of [0, 1]) {
    for (
      const [up, meanwhile, end] of [
        ["CREATE TABLE t (a);", "SELECT 1", "completed"],
        ["CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1), (1);", "SELECT 1", "failed"],
        ["CREATE TABLE t (a);", "CREATE TABLE other (a);", "plan-changed"],
      ] as const
    ) {
      using connection = new Connection(sqlite3, { kind: "memory" });
      connection.exec(`PRAGMA foreign_keys = ${setting}`);
      const execution = await run(connection, up, () => connection.exec(meanwhile));
      assert.is(execution.end.kind, end);
      assert.is(connection.integer("PRAGMA foreign_keys"), setting);
      assert.not.ok(connection.inTransaction);
    }
  }
});

executing("a rebuild keeps child rows though the connection had foreign keys on", async () => {
  using connection = new Connection(sqlite3, { kind: "memory" });
  connection.exec(`PRAGMA foreign_keys = ON;
    CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE child (p INTEGER REFERENCES parent (id) ON DELETE CASCADE);
    INSERT INTO parent VALUES (1), (2); INSERT INTO child VALUES (1), (2), (2);`);
  const up =
    `CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO n (id) SELECT id FROM parent;
    DROP TABLE parent; ALTER TABLE n RENAME TO parent;`;
  const dry = await run(connection, up, () => {}, { mode: "rehearse-on-data" });
  assert.is(dry.end.kind, "completed");
  assert.is(connection.integer("SELECT count(*) FROM child"), 3);
  assert.equal(dry.executed[0]?.dataLoss, []);
});

executing(
  "refuses a base that changed between the plan and the run, and runs nothing",
  async () => {
    for (
      const sql of [
        "CREATE TABLE other (a)",
        `CREATE TABLE plugin_schema_migrations (id INTEGER PRIMARY KEY, plugin_name, version, name,
         checksum, applied_at, applied_by, status, error_message, execution_time_ms);
       INSERT INTO plugin_schema_migrations
         VALUES (1, 'p', 1, 'x', 'c', '2026-01-01T00:00:00.000Z', 'other', 'applied', NULL, 1)`,
      ]
    ) {
      using connection = new Connection(sqlite3, { kind: "memory" });
      const execution = await run(connection, "CREATE TABLE t (a);", () => connection.exec(sql));
      assert.is(execution.end.kind, "plan-changed");
      assert.equal(execution.executed, []);
      assert.is(connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 't'"), 0);
    }
  },
);

executing("stops before a step when the time is up already", async () => {
  using connection = new Connection(sqlite3, { kind: "memory" });
  const deadline = { atMs: 0, signal: { aborted: false } };
  const execution = await run(connection, "CREATE TABLE t (a);", () => {}, { deadline });
  assert.is(execution.end.kind === "failed" && execution.end.failure.reason, "timeout");
  assert.is(connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 't'"), 0);
});

executing("stops between two statements, however short they are", async () => {
  using connection = new Connection(sqlite3, { kind: "memory" });
  const signal = { aborted: false };
  const deadline = { atMs: Infinity, signal };
  let done = 0;
  const onEvent: ExecutionOptions["onEvent"] = (event) => {
    if (event.kind !== "statement-finished") return;
    done = event.statementsDone;
    signal.aborted = done === 3;
  };
  const up = `CREATE TABLE t (a); ${"INSERT INTO t VALUES (1); ".repeat(100)}`;
  const execution = await run(connection, up, () => {}, { deadline, onEvent });
  assert.is(execution.end.kind === "failed" && execution.end.failure.reason, "cancelled");
  assert.is(done, 3);
});

executing.run();
