// Measures what measuring losses costs: one migration on 500,000 rows, committed, with and without
// it, in turn; with the backup in both, if there is one. The fastest of 5, because others use the
// machine. deno task bench:losses

import { DEFAULT_BACKUP_RULES } from "../../lib/backup/backup_rules.ts";
import { backUp } from "../../lib/backup/make_backup.ts";
import { backupDirectory } from "../../lib/database/backup_directory.ts";
import { readBase } from "../../lib/history/database_base.ts";
import { createHistoryTables } from "../../lib/history/history_table.ts";
import { executePlan } from "../../lib/execution/execute_plan.ts";
import { OPEN_GATE } from "../../lib/execution/execution.ts";
import { completePlan } from "../../lib/plan/migration_plan.ts";
import { rehearse } from "../../lib/rehearsal/rehearse.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { installVfs } from "../../lib/vfs/install_vfs.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { stepOf } from "../loss/measured_step.ts";
import { NEVER } from "../../lib/deadline.ts";

const ROUNDS = 5;
const ROWS = 500_000;
const COLUMNS = "id INTEGER PRIMARY KEY, name TEXT, note TEXT, score INTEGER, at TEXT";
const END = "DROP TABLE t; ALTER TABLE n RENAME TO t;";

const MIGRATIONS = {
  "rebuild that keeps all": `CREATE TABLE n (${COLUMNS}, tag TEXT);
    INSERT INTO n (id, name, note, score, at) SELECT * FROM t; ${END}`,
  "rebuild that renames a column": `CREATE TABLE n (${COLUMNS.replace("note", "remark")});
    INSERT INTO n SELECT * FROM t; ${END}`,
  "rebuild that loses a column's values": `CREATE TABLE n (${COLUMNS});
    INSERT INTO n SELECT id, name, '', score, at FROM t; ${END}`,
  "rebuild without a key": `CREATE TABLE n (name TEXT, note TEXT, score INTEGER, at TEXT);
    INSERT INTO n SELECT name, note, score, at FROM t; ${END}`,
  "UPDATE of one column": "UPDATE t SET note = note || '!';",
  "UPDATE of one row": "UPDATE t SET note = 'new' WHERE id = 7;",
  "ADD COLUMN and fill it": "ALTER TABLE t ADD COLUMN tag TEXT; UPDATE t SET tag = name;",
  "INSERT of 100,000 rows":
    "INSERT INTO t SELECT id + 1000000, name, note, score, at FROM t LIMIT 100000;",
  "DELETE of half the rows": "DELETE FROM t WHERE id % 2 = 0;",
} as const;

const directory = Deno.makeTempDirSync({ prefix: "godwit-bench-" });
const template = `${directory}/template.sqlite3`;
const sqlite3 = await loadSqlite(sqliteModule);
const vfs = installVfs(sqlite3, nodeStorage(), "godwit");
{
  using connection = open(template);
  createHistoryTables(connection);
  connection.exec(`CREATE TABLE t (${COLUMNS});
    WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < ${ROWS})
    INSERT INTO t SELECT i, 'name ' || i, 'some text of ' || i * 7919 % 1000, i % 100,
      '2026-01-01T00:00:' || i FROM s;`);
}
console.log("| migration | ms without | ms with | ratio |\n| --- | ---: | ---: | ---: |");
for (const [name, sql] of Object.entries(MIGRATIONS)) {
  const without: number[] = [];
  const measured: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const backed = await run(sql, { kind: "measured" });
    measured.push(backed.ms);
    without.push((await run(sql, { kind: "bare", withBackup: backed.hasBackup })).ms);
  }
  const [bare, full] = [Math.min(...without), Math.min(...measured)];
  console.log(
    `| ${name} | ${bare.toFixed(0)} | ${full.toFixed(0)} | ${(full / bare).toFixed(2)} |`,
  );
}
Deno.removeSync(directory, { recursive: true });

function open(path: string): Connection {
  const connection = new Connection(sqlite3, { kind: "file", vfs, path, access: "create" });
  connection.exec("PRAGMA synchronous=EXTRA");
  return connection;
}

async function run(
  sql: string,
  how: { readonly kind: "measured" } | { readonly kind: "bare"; readonly withBackup: boolean },
): Promise<{ readonly ms: number; readonly hasBackup: boolean }> {
  const path = `${directory}/run.sqlite3`;
  Deno.copyFileSync(template, path);
  using connection = open(path);
  const step = stepOf(sql, null);
  const base = await readBase(connection, "p");
  const { steps } = await rehearse(sqlite3, base, [step], NEVER);
  const plan = await completePlan({
    plugin: "p",
    direction: "apply",
    from: 0,
    to: 1,
    base: base.digests,
    steps: [step],
  });
  const place = backupDirectory(`${directory}/backups`, path, nodeStorage());
  const started = performance.now();
  if (how.kind === "bare" && how.withBackup) {
    const label = { plugin: "p", tenant: null, planHash: null, runId: "bench" };
    const at = new Date().toISOString();
    const settings = { place, retention: DEFAULT_BACKUP_RULES.retention, deadline: NEVER };
    await backUp(connection, { ...label, reason: "lossy", at }, settings);
  }
  const rehearsed = how.kind === "measured"
    ? steps
    : steps.map((each) => ({ ...each, watched: [] }));
  const { end, backup } = await executePlan(connection, plan, rehearsed, {
    mode: "commit",
    transaction: "migration",
    runId: "1",
    appliedBy: "bench",
    texts: new Map(),
    deadline: NEVER,
    now: () => new Date().toISOString(),
    backups: { ...DEFAULT_BACKUP_RULES, place, tenant: null },
    commitGate: OPEN_GATE,
    onEvent() {},
  });
  const ms = performance.now() - started;
  if (end.kind !== "completed") throw new Error(JSON.stringify(end));
  if (backup !== null || how.kind === "bare" && how.withBackup) {
    Deno.removeSync(`${directory}/backups`, { recursive: true });
  }
  return { ms, hasBackup: backup !== null };
}
