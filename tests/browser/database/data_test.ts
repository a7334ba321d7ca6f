// What people do to a plugin's data at the page: queries, exports, imports, backups. Real Chromium.

import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../../support/browser.ts";
import { migrationFile } from "../../support/migration_file.ts";
import { SandboxServer } from "../../support/sandbox_server.ts";
import { BLANK_PAGE, SandboxTab } from "../../support/sandbox_tab.ts";
import { isIntact, sqliteShell } from "../../support/sqlite_shell.ts";
import { suite } from "../../support/suite.ts";
import {
  backupsOf,
  deleteBackup,
  exported,
  imported,
  queried,
  rowsOf,
  untilStarted,
  valueOf,
  write,
} from "../../support/tab_calls.ts";

let browser: TestBrowser;
let site: SandboxServer;
let tab: SandboxTab;
const directory = Deno.makeTempDirSync({ prefix: "godwit-data-" });

const FILES = {
  "001_a.sql": migrationFile(
    "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3);" +
      "CREATE TABLE child (t INTEGER REFERENCES parent (id));" +
      "CREATE TABLE parent (id INTEGER PRIMARY KEY); INSERT INTO parent VALUES (1);",
    "DROP TABLE child; DROP TABLE parent; DROP TABLE t;",
  ),
};
const LONG = {
  "002_b.sql": migrationFile(
    "INSERT INTO t SELECT w.a FROM t w, t x, t y, t z WHERE w.a + x.a + y.a + z.a < 0;",
    "DELETE FROM t WHERE a < 0;",
  ),
};

/** Makes a plugin's database with the rows 1, 2 and 3. */
async function applied(plugin: string): Promise<void> {
  await tab.save(plugin, FILES);
  assert.ok((await tab.ask("apply", plugin)).success);
}

/** A database that SQLite's own program has made. */
function shellDatabase(name: string, sql: string): Uint8Array {
  const path = `${directory}/${name}`;
  sqliteShell(path, sql);
  return Deno.readFileSync(path);
}

async function refusalOf(sql: string, access: "read" | "write"): Promise<string> {
  const outcome = await queried(tab, "asked", sql, access);
  return outcome.ok ? `ran: ${sql}` : outcome.message;
}

const queries = suite("queries");

queries.before(async () => {
  site = await SandboxServer.start({ files: BLANK_PAGE });
  browser = await openChromium();
  tab = await SandboxTab.open(browser, site.url);
  await applied("asked");
});

queries("reading changes nothing, whatever is tried", async () => {
  const before = await exported(tab, "asked");
  const schema = "Only migrations change the schema; write one in the playground";
  const transaction = "Each statement is a transaction of its own here";
  const refused: readonly (readonly [string, RegExp | string])[] = [
    ["INSERT INTO t VALUES (4)", 'This would insert rows of "t", and only reading is allowed'],
    ["INSERT INTO t VALUES (4) RETURNING a", /^This would insert rows/],
    ["REPLACE INTO t VALUES (4)", /^This would (insert|delete) rows/],
    ["UPDATE t SET a = 0", 'This would update rows of "t", and only reading is allowed'],
    ["DELETE FROM t", 'This would delete rows of "t", and only reading is allowed'],
    ["WITH x AS (SELECT 1) DELETE FROM t", /^This would delete rows/],
    ["EXPLAIN DELETE FROM t", /^This would delete rows/],
    ["DELETE FROM plugin_schema_migrations", /is godwit's history, which statements cannot change/],
    ["CREATE TABLE u (a)", schema],
    ["CREATE TEMP TABLE u (a)", schema],
    ["CREATE VIEW u AS SELECT 1", schema],
    ["CREATE INDEX u ON t (a)", schema],
    ["CREATE TEMP TRIGGER u AFTER INSERT ON t BEGIN SELECT 1; END", schema],
    ["CREATE VIRTUAL TABLE u USING fts5(a)", schema],
    ["DROP TABLE t", schema],
    ["ALTER TABLE t RENAME TO u", schema],
    ["ATTACH 'other' AS other", "Only the plugin's own database can be used here"],
    ["DETACH main", "Only the plugin's own database can be used here"],
    ["VACUUM", /./],
    ["VACUUM INTO 'copy'", /./],
    ["PRAGMA user_version = 7", /^PRAGMA user_version is not allowed here/],
    ["PRAGMA journal_mode = DELETE", /^PRAGMA journal_mode is not allowed here/],
    ["PRAGMA foreign_keys = OFF", /^PRAGMA foreign_keys is not allowed here/],
    ["PRAGMA writable_schema = ON", /^PRAGMA writable_schema is not allowed here/],
    ["PRAGMA wal_checkpoint", /^PRAGMA wal_checkpoint is not allowed here/],
    ["BEGIN", transaction],
    ["COMMIT", transaction],
    ["SAVEPOINT s", transaction],
    ["SELECT 1; DELETE FROM t", /^(This would delete|Run one statement)/],
    ["SELECT 1; SELECT 2", "Run one statement at a time, or select those to run"],
    ["", "There is no statement"],
    ["-- nothing", "There is no statement"],
    ["SELECT ?", "Parameters such as ? have no values here; write the values into the statement"],
    ["SELECT load_extension('x')", /not (allowed|authorized)|no such function/],
    ["SELECT a FROM t WHERE", "incomplete input"],
    ["SELECT\n b FROM t", "no such column: b (line 2, column 2)"],
  ];
  for (const [sql, message] of refused) {
    const found = await refusalOf(sql, "read");
    if (typeof message === "string") assert.is(found, message, sql);
    else assert.match(found, message, sql);
  }
  assert.equal(await exported(tab, "asked"), before);
  assert.equal(await backupsOf(tab, "asked"), []);
});

queries("writing changes rows, and neither godwit's tables nor the schema", async () => {
  for (
    const sql of [
      "DELETE FROM plugin_schema_migrations",
      "UPDATE plugin_schema_migrations SET status = 'failed'",
      "INSERT INTO plugin_schema_migration_log DEFAULT VALUES",
      "UPDATE sqlite_schema SET sql = ''",
      "CREATE TABLE u (a)",
      "CREATE TEMP TABLE u (a)",
      "DROP TABLE t",
      "ALTER TABLE t ADD COLUMN b",
      "PRAGMA user_version = 7",
      "PRAGMA foreign_keys = OFF",
      "VACUUM",
      "BEGIN",
    ]
  ) {
    assert.not.match(await refusalOf(sql, "write"), /^ran: /, sql);
  }
  assert.match(await refusalOf("INSERT INTO child VALUES (2)", "write"), /^FOREIGN KEY constraint/);
  await write(tab, "asked", "INSERT INTO child VALUES (1)");
  assert.match(await refusalOf("DELETE FROM parent", "write"), /^FOREIGN KEY constraint failed/);
  const many = "INSERT INTO t WITH RECURSIVE c (n) AS (SELECT 4 UNION ALL SELECT n + 1 FROM c " +
    "LIMIT 17) SELECT n FROM c RETURNING a";
  const inserted = valueOf(await queried(tab, "asked", many, "write"));
  assert.is(inserted.rows.length, 10);
  assert.is(inserted.hasMore, true);
  assert.is(inserted.changes, 17);
  assert.equal(await rowsOf(tab, "asked", "SELECT count(*), max(a) FROM t"), [[20, 20]]);
  await write(tab, "asked", "DELETE FROM t WHERE a > 3");
  const status = await tab.ask("status", "asked");
  assert.is(status.success && status.verb === "status" && status.current_version, 1);
});

queries("values come back as they are, and no more of them than asked for", async () => {
  const sql = "SELECT NULL AS none, 9007199254740993 AS big, -1.5 AS real, x'00ff' AS blob, " +
    "char(228, 0, 98) AS text, '' AS text";
  const shown = await tab.handle.evaluate(async ({ sandbox }, sql) => {
    const outcome = await sandbox.query("asked", { sql, access: "read", limit: 10 });
    if (!outcome.ok) return outcome.message;
    const { columns, rows, changes } = outcome.value;
    const values = rows.flat().map((value) => `${typeof value} ${value}`);
    return { columns, values, changes };
  }, sql);
  assert.equal(shown, {
    columns: ["none", "big", "real", "blob", "text", "text"],
    values: [
      "object null",
      "bigint 9007199254740993",
      "number -1.5",
      "object 0,255",
      "string ä\u0000b",
      "string ",
    ],
    changes: 0,
  });
  const ten =
    "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 10) SELECT n FROM c";
  assert.is(valueOf(await queried(tab, "asked", ten)).hasMore, false);
  const endless =
    "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c";
  const { rows, hasMore } = valueOf(await queried(tab, "asked", endless));
  assert.equal([rows.length, hasMore], [10, true]);
  assert.is(valueOf(await queried(tab, "asked", "PRAGMA table_info(t)")).rows.length, 1);
});

queries.run();

const imports = suite("imports");

imports.after(async () => {
  browser.assertQuiet();
  await browser[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
  Deno.removeSync(directory, { recursive: true });
});

imports("what is no whole database is refused, and the one that is there stays", async () => {
  await applied("guarded");
  const before = await exported(tab, "guarded");
  assert.ok(before !== null);
  const page = before.length / 16_384;
  assert.ok(page > 3);
  const damaged = before.slice();
  damaged.fill(0xff, 2 * 16_384, 3 * 16_384);
  const utf16 = shellDatabase("utf16", "PRAGMA encoding = 'UTF-16'; CREATE TABLE u (a);");
  const text = new TextEncoder().encode("id,name\n".repeat(1000));
  for (
    const [what, bytes, message] of [
      ["damaged", damaged, /^The file is damaged, and nothing was changed: /],
      [
        "cut",
        before.subarray(0, before.length / 2),
        /^The file is damaged, and nothing was changed/,
      ],
      ["header", before.subarray(0, 100), /^The file is (damaged|not a SQLite database)/],
      ["text", text, /^The file is not a SQLite database, or it is encrypted; nothing was changed/],
      ["empty", new Uint8Array(), /^The file is not a SQLite database/],
      ["utf16", utf16, /^The database's text is UTF-16/],
    ] as const
  ) {
    assert.match(await imported(tab, "guarded", bytes) ?? "imported", message, what);
    assert.equal(await exported(tab, "guarded"), before, what);
    assert.equal(await backupsOf(tab, "guarded"), []);
    // Nor is a database made where there was none.
    assert.match(await imported(tab, "unborn", bytes) ?? "imported", message, what);
    assert.is(await exported(tab, "unborn"), null);
  }
});

imports("a history that is another's is refused by what it is", async () => {
  await applied("mine");
  const before = await exported(tab, "mine");
  await applied("theirs");
  const theirs = await exported(tab, "theirs");
  assert.ok(theirs);
  assert.is(
    await imported(tab, "mine", theirs),
    'The file cannot be imported, and nothing was changed: it is the database of "theirs" and not ' +
      'of "mine"; import it there',
  );
  const foreign = shellDatabase("foreign", "CREATE TABLE plugin_schema_migrations (version TEXT)");
  assert.match(
    await imported(tab, "mine", foreign) ?? "imported",
    /^The file contains a history that is not godwit's, and nothing was changed: no such column/,
  );
  assert.equal(await exported(tab, "mine"), before);
  assert.equal(await backupsOf(tab, "mine"), []);
});

imports("every database of SQLite comes in whole, whatever its pages and its journal", async () => {
  await applied("taken");
  const rows = "CREATE TABLE u (a); INSERT INTO u VALUES ('ä'), (x'00'), (NULL);";
  const wal = shellDatabase("wal", `PRAGMA journal_mode = wal; ${rows}`);
  assert.is(wal[18], 2);
  for (
    const [what, bytes] of [
      ["wal", wal],
      ["512", shellDatabase("512", `PRAGMA page_size = 512; ${rows}`)],
      ["65536", shellDatabase("65536", `PRAGMA page_size = 65536; ${rows}`)],
      ["vacuum", shellDatabase("vacuum", `PRAGMA auto_vacuum = FULL; ${rows}`)],
    ] as const
  ) {
    for (const plugin of ["taken", `taken-${what}`]) {
      assert.is(await imported(tab, plugin, bytes), null, what);
      assert.equal(await rowsOf(tab, plugin, "SELECT count(*), min(a) FROM u"), [[3, "ä"]]);
    }
    const path = `${directory}/${what}-exported`;
    Deno.writeFileSync(path, await exported(tab, `taken-${what}`) ?? new Uint8Array());
    assert.ok(isIntact(path), what);
  }
  assert.is((await backupsOf(tab, "taken")).length, 4);
  const status = await tab.ask("status", "taken");
  assert.is(status.success && status.verb === "status" && status.pending_count, 1);
  assert.ok((await tab.ask("apply", "taken")).success);
  await tab.reload();
  assert.equal(await rowsOf(tab, "taken", "SELECT count(*) FROM u"), [[3]]);
});

imports("what an import replaces is a backup, which can be imported and deleted", async () => {
  await applied("restored");
  await write(tab, "restored", "INSERT INTO t VALUES (4)");
  const other = shellDatabase("other", "CREATE TABLE u (a);");
  assert.is(await imported(tab, "restored", other), null);
  const [backup, ...older] = await backupsOf(tab, "restored");
  assert.ok(backup);
  assert.equal(older, []);
  assert.match(backup, /^restored-v1-\d{8}T\d{9}Z\.sqlite3$/);
  const bytes = await exported(tab, "restored", backup);
  assert.ok(bytes !== null);
  assert.is(await imported(tab, "restored", bytes), null);
  assert.equal(await rowsOf(tab, "restored", "SELECT count(*) FROM t"), [[4]]);
  const status = await tab.ask("status", "restored");
  assert.is(status.success && status.verb === "status" && status.current_version, 1);
  assert.ok((await deleteBackup(tab, "restored", backup)).ok);
  assert.equal(await deleteBackup(tab, "restored", backup), {
    ok: false,
    code: "no-backup",
    message: `There is no backup "${backup}"`,
  });
  assert.not.ok((await deleteBackup(tab, "restored", "../../restored.sqlite3")).ok);
  assert.is(await exported(tab, "restored", "../../restored.sqlite3"), null);
  assert.is((await backupsOf(tab, "restored")).length, 1);
  assert.equal(await rowsOf(tab, "restored", "SELECT count(*) FROM t"), [[4]]);
});

imports("a run that is under way keeps imports out", async () => {
  await applied("busy");
  const other = await exported(tab, "busy");
  assert.ok(other !== null);
  const rows = "WITH RECURSIVE c (n) AS (SELECT 4 UNION ALL SELECT n + 1 FROM c LIMIT 1000)";
  await write(tab, "busy", `INSERT INTO t ${rows} SELECT n FROM c`);
  await tab.save("busy", { ...FILES, ...LONG });
  const running = tab.ask("apply", "busy");
  await untilStarted(tab, "busy", 2);
  assert.is(
    await imported(tab, "busy", other),
    '"busy" is being migrated; wait until that is done',
  );
  await tab.handle.evaluate(({ sandbox }) => sandbox.close());
  assert.is((await running).success, false);
});

imports.run();
