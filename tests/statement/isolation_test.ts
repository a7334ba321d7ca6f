// What a migration's SQL may not do: refused before anything runs, with the line, and nothing changes.

import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { FindingCode } from "../../lib/finding/finding.ts";
import type { FailureReply } from "../../lib/message/any_reply.ts";
import type { FindingMessage } from "../../lib/message/reply.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { untouched } from "../support/untouched.ts";
import { Workspace } from "../support/workspace.ts";

const isolation = suite("isolation");

const BASE = migrationFile(
  "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);\nINSERT INTO t VALUES (1, 'x'), (2, NULL);",
  "DROP TABLE t;",
);

interface Refusal {
  readonly sql: string;
  readonly code: FindingCode;
  /** A part of the message, which says what to do or why not. */
  readonly says: string;
}

/** Applies each as a second migration, dry and for real; both must refuse and change nothing. */
async function refuses(refusals: readonly Refusal[]): Promise<void> {
  await using workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE });
  await workspace.apply("p");
  for (const { sql, code, says } of refusals) {
    workspace.write("p", { "002_bad.sql": migrationFile(sql) });
    for (const dry_run of [true, false]) {
      const reply = await untouched(
        workspace,
        "p",
        () => workspace.refused("apply", "p", { dry_run }),
      );
      assert.is(reply.error_code, "VALIDATION_FAILED", sql);
      assert.match(reply.message, "Nothing has run", sql);
      const found = errorOf(reply, code, sql);
      assert.match(found.message, says);
      assert.is(found.file, "002_bad.sql");
    }
    const status = await untouched(workspace, "p", () => workspace.status("p"));
    assert.ok(status.pending_warnings.some((each) => each.code === code), sql);
    assert.equal(status.failed_migrations, []);
  }
}

function errorOf({ errors }: FailureReply, code: FindingCode, sql: string): FindingMessage {
  const found = errors.find((each) => each.code === code);
  if (found !== undefined) return found;
  throw new Error(`${sql} gives ${JSON.stringify(errors)}`);
}

isolation("refuses SQL that begins or ends a transaction", async () => {
  const says = "godwit runs each migration in one transaction; delete the line";
  const code = "transaction-control";
  await refuses([
    "BEGIN;",
    "BEGIN IMMEDIATE TRANSACTION;",
    "COMMIT;",
    "END;",
    "ROLLBACK;",
    "SAVEPOINT s;",
    "RELEASE s;",
    "INSERT INTO t (a) VALUES ('y'); COMMIT; DROP TABLE t;",
  ].map((sql) => ({ sql, code, says })));
});

isolation("refuses ATTACH, DETACH and VACUUM, and writes no file", async () => {
  await using elsewhere = new Workspace();
  const path = join(elsewhere.root, "elsewhere.sqlite3");
  await refuses([
    { sql: `ATTACH '${path}' AS other;`, code: "attach", says: "its plugin's database alone" },
    { sql: "DETACH other;", code: "attach", says: "its plugin's database alone" },
    { sql: "VACUUM;", code: "vacuum", says: "inside a migration's transaction" },
    { sql: `VACUUM INTO '${path}';`, code: "vacuum", says: "inside a migration's transaction" },
  ]);
  assert.not.ok(existsSync(path));
});

isolation("refuses PRAGMAs that change a connection, and says why", async () => {
  const code = "pragma";
  await refuses([
    { sql: "PRAGMA foreign_keys = ON;", code, says: "does nothing inside a transaction" },
    {
      sql: "PRAGMA defer_foreign_keys = ON;",
      code,
      says: "does not keep DROP TABLE from deleting child rows",
    },
    { sql: "PRAGMA legacy_alter_table = ON;", code, says: "godwit switches it on" },
    { sql: "PRAGMA writable_schema = ON;", code, says: "rebuild the table instead" },
    { sql: "PRAGMA journal_mode = DELETE;", code, says: "inside a transaction" },
    { sql: "PRAGMA main.journal_mode = DELETE;", code, says: "inside a transaction" },
    { sql: "SELECT * FROM pragma_journal_mode;", code, says: "inside a transaction" },
    { sql: "PRAGMA mmap_size = 1;", code, says: "these are: application_id" },
  ]);
});

isolation("allows the PRAGMAs on the list, and keeps what they set", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_a.sql": migrationFile(
      "PRAGMA user_version = 7; PRAGMA application_id = 99; PRAGMA foreign_key_check;" +
        " PRAGMA table_info(x); PRAGMA integrity_check; SELECT * FROM pragma_table_list;",
    ),
  });
  await workspace.apply("p");
  assert.is(
    sqliteShell(workspace.database("p"), "PRAGMA user_version; PRAGMA application_id;"),
    "7\n99",
  );
});

isolation("R*Tree works, which asks for the page size itself; nobody may set it", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_a.sql": migrationFile(
      "CREATE VIRTUAL TABLE r USING rtree(id, a, b); INSERT INTO r VALUES (1, 0, 2);",
      "DROP TABLE r;",
    ),
  });
  assert.is((await workspace.apply("p")).current_version, 1);
  assert.is(sqliteShell(workspace.database("p"), "SELECT id FROM r WHERE a <= 1 AND b >= 1"), "1");
  await workspace.rollback("p");
  await refuses([
    { sql: "PRAGMA page_size = 512;", code: "pragma", says: "PRAGMA page_size is not allowed" },
  ]);
});

isolation(
  "refuses to read, write or drop the tracking tables, or to take a reserved name",
  async () => {
    const code = "reserved-table";
    const belongs = "belongs to godwit";
    await refuses([
      ...[
        "INSERT INTO t (a) SELECT name FROM plugin_schema_migrations;",
        "CREATE TABLE copy AS SELECT * FROM plugin_schema_migration_log;",
        "SELECT count(*) FROM Plugin_Schema_Migrations;",
        "UPDATE plugin_schema_migrations SET status = 'applied';",
        "DELETE FROM plugin_schema_migrations;",
        "INSERT OR REPLACE INTO main.plugin_schema_migrations DEFAULT VALUES;",
        "DROP TABLE plugin_schema_migrations;",
        "ALTER TABLE plugin_schema_migrations ADD COLUMN x;",
        "ALTER TABLE plugin_schema_migrations RENAME TO x;",
        "CREATE INDEX i ON plugin_schema_migrations (name);",
        "CREATE TRIGGER tr AFTER INSERT ON plugin_schema_migrations BEGIN SELECT 1; END;",
        "CREATE TABLE godwit_x (a);",
        "CREATE VIEW GODWIT_x AS SELECT 1;",
        "CREATE TEMP TABLE plugin_schema_migrations (a);",
      ].map((sql) => ({ sql, code, says: belongs } as const)),
      ...[
        "INSERT INTO t (a) SELECT data FROM sqlite_dbpage;",
        "SELECT * FROM DBSTAT;",
        "CREATE VIRTUAL TABLE d USING sqlite_dbpage;",
        "CREATE VIRTUAL TABLE temp.d USING dbstat;",
      ].map((sql) => ({ sql, code, says: "shows the pages of the whole database" } as const)),
      { sql: "ALTER TABLE t RENAME TO godwit_t;", code, says: '"godwit_t" is a reserved name' },
      {
        sql: "CREATE TABLE n (a); DROP TABLE t; ALTER TABLE n RENAME TO godwit_t;",
        code,
        says: "use a name that does not begin",
      },
    ]);
  },
);

// SQLite compiles these only when they are used, which may be long after the migration.
isolation(
  "refuses views, triggers and foreign keys that reach into the tracking tables",
  async () => {
    const code = "reserved-table";
    await refuses([
      {
        sql: "CREATE VIEW v AS SELECT * FROM plugin_schema_migrations;",
        code,
        says: 'The view "v" uses "plugin_schema_migrations"',
      },
      {
        sql:
          "CREATE VIEW v AS SELECT a, (SELECT count(*) FROM plugin_schema_migration_log) FROM t;",
        code,
        says: 'The view "v" uses "plugin_schema_migration_log"',
      },
      ...["INSERT", "UPDATE", "DELETE"].map((event) => ({
        sql: `CREATE TRIGGER tr AFTER ${event} ON t BEGIN
        DELETE FROM plugin_schema_migrations; END;`,
        code,
        says: 'A trigger on "t" uses "plugin_schema_migrations"',
      } as const)),
      {
        sql: "CREATE TABLE c (v INTEGER REFERENCES plugin_schema_migrations (id));",
        code,
        says: 'A foreign key of "c" uses "plugin_schema_migrations"',
      },
    ]);
  },
);

// They reach every table, godwit's too, and change nothing that matters.
isolation("ANALYZE and REINDEX are allowed", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_a.sql": migrationFile(
      "CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1); ANALYZE; REINDEX;",
    ),
  });
  await workspace.apply("p");
  assert.is(
    sqliteShell(workspace.database("p"), "SELECT tbl FROM sqlite_stat1 WHERE tbl = 't'"),
    "t",
  );
});

isolation("says once per statement that a reserved table is touched", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_a.sql": migrationFile("CREATE TABLE c AS SELECT * FROM plugin_schema_migrations;"),
  });
  assert.is((await workspace.refused("apply", "p")).errors.length, 1);
});

isolation("refuses parameters, which a migration has no values for", async () => {
  const code = "bind-parameter";
  await refuses([
    { sql: "INSERT INTO t (a) VALUES (?);", code, says: "has 1 parameter, and" },
    { sql: "INSERT INTO t (id, a) VALUES (:id, @a);", code, says: "write the values out" },
    { sql: "INSERT INTO t (id, a) VALUES ($id, ?7);", code, says: "parameters" },
  ]);
});

isolation("refuses writes to the schema table", async () => {
  await refuses([
    {
      sql: "UPDATE sqlite_schema SET sql = 'CREATE TABLE t (x)';",
      code: "sql-error",
      says: "may not be modified",
    },
  ]);
});

isolation(
  "reports every forbidden statement of every file at once, each at its place",
  async () => {
    await using workspace = new Workspace();
    workspace.write("p", {
      "001_a.sql": migrationFile("BEGIN;\nCREATE TABLE t (a);\n  COMMIT;"),
      "002_b.sql": migrationFile("PRAGMA foreign_keys=OFF;\nVACUUM;"),
    });
    const { errors } = await workspace.refused("apply", "p");
    assert.equal(errors.map(({ file, code, line, column }) => [file, code, line, column]), [
      ["001_a.sql", "transaction-control", 2, 1],
      ["001_a.sql", "transaction-control", 4, 3],
      ["002_b.sql", "pragma", 2, 1],
      ["002_b.sql", "vacuum", 3, 1],
    ]);
  },
);

isolation("what one migration leaves in the temporary schema does not reach the next", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_a.sql": migrationFile(
      "CREATE TABLE t (a); CREATE TEMP TABLE s (a); CREATE TEMP VIEW v AS SELECT 1;" +
        " CREATE TEMP TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END; INSERT INTO s VALUES (1);" +
        " INSERT INTO t SELECT a FROM s;",
    ),
    "002_b.sql": migrationFile("CREATE TEMP TABLE s (b); INSERT INTO s (b) VALUES (2);"),
  });
  const reply = await workspace.apply("p");
  assert.is(reply.current_version, 2);
  assert.is(sqliteShell(workspace.database("p"), "SELECT a FROM t"), "1");
});

isolation("a temporary table with AUTOINCREMENT goes, and its numbers begin anew", async () => {
  await using workspace = new Workspace();
  const temporary = "CREATE TEMP TABLE x (id INTEGER PRIMARY KEY AUTOINCREMENT, v);" +
    " INSERT INTO x (v) VALUES (1); INSERT INTO t SELECT id FROM x;";
  workspace.write("p", {
    "001_a.sql": migrationFile(`CREATE TABLE t (a); ${temporary}`, "DROP TABLE t;"),
    "002_b.sql": migrationFile(
      `${temporary} INSERT INTO temp.sqlite_sequence VALUES ('other', 9);`,
      "SELECT 1;",
    ),
    "003_c.sql": migrationFile(
      `${temporary} INSERT INTO t SELECT count(*) FROM temp.sqlite_sequence;`,
      "SELECT 1;",
    ),
  });
  assert.equal((await workspace.status("p")).pending_warnings, []);
  assert.is((await workspace.apply("p")).current_version, 3);
  assert.is(
    sqliteShell(workspace.database("p"), "SELECT group_concat(a) FROM t"),
    "1,1,1,1",
  );
});

isolation.run();
