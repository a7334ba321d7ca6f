// Forms of ALTER TABLE that not every SQLite has.

import * as assert from "uvu/assert";
import type { FindingCode } from "../../lib/finding/finding.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { untouched } from "../support/untouched.ts";
import { Workspace } from "../support/workspace.ts";

const forms = suite("forms of ALTER TABLE");

const BASE = migrationFile(
  "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, CONSTRAINT c1 CHECK (id > 0));\n" +
    "INSERT INTO t VALUES (1, 'x', 'y');",
  "DROP TABLE t;",
);

async function withTable(): Promise<Workspace> {
  const workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE });
  await workspace.apply("p");
  return workspace;
}

const GUARDED: readonly (readonly [string, FindingCode, string])[] = [
  ["ALTER TABLE t DROP COLUMN b;", "alter-drop-column", "3.35.0"],
  ["ALTER TABLE t ALTER COLUMN a SET NOT NULL;", "alter-column", "3.53.0"],
  ["ALTER TABLE t ADD CONSTRAINT c2 CHECK (a <> '');", "alter-constraint", "3.53.0"],
  ["ALTER TABLE t DROP CONSTRAINT c1;", "alter-constraint", "3.53.0"],
];

forms("are refused by default, and the message names the release to declare", async () => {
  await using workspace = await withTable();
  for (const [sql, code, since] of GUARDED) {
    workspace.write("p", { "002_alter.sql": migrationFile(sql) });
    const reply = await untouched(workspace, "p", () => workspace.refused("apply", "p"));
    assert.is(reply.error_code, "VALIDATION_FAILED");
    assert.equal(reply.errors.map((each) => [each.code, each.category, each.line]), [
      [code, "sqlite", 2],
    ]);
    assert.match(reply.errors[0]?.message ?? "", `declare "-- requires: sqlite >= ${since}"`);
  }
});

forms("are refused where the declared release does not have them", async () => {
  await using workspace = await withTable();
  for (const [sql, code] of GUARDED) {
    const requires = code === "alter-drop-column" ? "3.34.9" : "3.52.0";
    const file = migrationFile(sql, "", `-- requires: sqlite >= ${requires}`);
    workspace.write("p", { "002_alter.sql": file });
    assert.is((await workspace.refused("apply", "p")).errors[0]?.code, code);
  }
});

forms("are run where the file declares a release that has them", async () => {
  for (const [sql, , since] of GUARDED) {
    await using workspace = await withTable();
    const file = migrationFile(sql, "", `-- requires: sqlite >= ${since}`);
    workspace.write("p", { "002_alter.sql": file });
    const { applied_migrations: [entry] } = await workspace.apply("p");
    assert.is(entry?.changes.length, 1, sql);
    assert.is(sqliteShell(workspace.database("p"), "SELECT count(*) FROM t"), "1");
  }
});

forms("that SQLite does not have at all are refused whatever is declared", async () => {
  await using workspace = await withTable();
  for (
    const [sql, code] of [
      ["ALTER TABLE t ALTER COLUMN a TYPE TEXT;", "alter-column"],
      ["ALTER TABLE t MODIFY a INTEGER;", "alter-column"],
      ["ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t (id);", "alter-constraint"],
      ["ALTER TABLE t ADD PRIMARY KEY (a);", "alter-constraint"],
    ] as const
  ) {
    const file = migrationFile(sql, "", "-- requires: sqlite >= 3.53.0");
    workspace.write("p", { "002_alter.sql": file });
    const reply = await untouched(workspace, "p", () => workspace.refused("apply", "p"));
    const [error] = reply.errors;
    assert.equal([error?.code, error?.category], [code, "sqlite"], sql);
    assert.match(error?.message ?? "", "rebuild the table: create a new one, copy the rows");
  }
});

forms("requires beyond the engine is refused", async () => {
  await using workspace = await withTable();
  const file = migrationFile("SELECT 1;", "", "-- requires: sqlite >= 9.1");
  workspace.write("p", { "002_new.sql": file });
  const reply = await untouched(workspace, "p", () => workspace.refused("apply", "p"));
  assert.is(reply.errors[0]?.code, "requires-sqlite");
  assert.match(reply.errors[0]?.message ?? "", "requires SQLite 9.1.0, and this is 3.");
});

const NOT_NULL = migrationFile("ALTER TABLE t ADD COLUMN n TEXT NOT NULL;", "SELECT 1;");

forms("ADD COLUMN NOT NULL without a default is refused while the table has rows", async () => {
  await using workspace = await withTable();
  workspace.write("p", { "002_add.sql": NOT_NULL });
  const reply = await untouched(workspace, "p", () => workspace.refused("apply", "p"));
  assert.equal(reply.errors.map(({ code }) => code), ["needs-empty-table"]);
  assert.match(reply.errors[0]?.message ?? "", "give the column a constant default");
});

forms("ADD COLUMN NOT NULL without a default is fine on an empty table", async () => {
  await using workspace = await withTable();
  sqliteShell(workspace.database("p"), "DELETE FROM t");
  workspace.write("p", { "002_add.sql": NOT_NULL });
  assert.is((await workspace.apply("p")).current_version, 2);
});

forms(
  "ADD COLUMN with a default that is not constant is refused while the table has rows",
  async () => {
    await using workspace = await withTable();
    workspace.write("p", {
      "002_add.sql": migrationFile("ALTER TABLE t ADD COLUMN n TEXT DEFAULT CURRENT_TIMESTAMP;"),
    });
    const { errors } = await workspace.refused("apply", "p");
    assert.equal(errors.map(({ code }) => code), ["needs-empty-table"]);
  },
);

forms("ADD COLUMN STORED is refused while the table has rows", async () => {
  await using workspace = await withTable();
  workspace.write("p", {
    "002_add.sql": migrationFile("ALTER TABLE t ADD COLUMN n INT AS (id + 1) STORED;"),
  });
  const { errors } = await workspace.refused("apply", "p");
  assert.ok(errors.some(({ message }) => /cannot add a STORED column/i.test(message)));
});

forms("ADD COLUMN with a CHECK or a generated column is judged by the real rows", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_base.sql": migrationFile(
      "CREATE TABLE s (score INTEGER, data TEXT);" +
        ` INSERT INTO s VALUES (100, '{"a":1}'), (50, '{"a":2}');`,
      "DROP TABLE s;",
    ),
    "002_add.sql": migrationFile(
      "ALTER TABLE s ADD COLUMN low INTEGER DEFAULT 10 CHECK (low <= score);" +
        " ALTER TABLE s ADD COLUMN a INT AS (json_extract(data, '$.a')) NOT NULL;",
      "SELECT 1;",
    ),
  });
  await workspace.apply("p", { target_version: 1 });
  assert.is((await workspace.apply("p")).current_version, 2);
  assert.is(sqliteShell(workspace.database("p"), "SELECT sum(low), sum(a) FROM s"), "20|3");

  workspace.write("p", {
    "003_bad.sql": migrationFile(
      "ALTER TABLE s ADD COLUMN high INT DEFAULT 1 CHECK (high > score);",
    ),
  });
  const reply = await workspace.refused("apply", "p");
  assert.is(reply.error_code, "MIGRATION_FAILED");
  assert.match(reply.message, "CHECK constraint failed");
});

forms("ADD COLUMN NOT NULL is fine once the run has emptied the table", async () => {
  for (const emptying of ["DELETE FROM t;", "DROP TABLE t; CREATE TABLE t (id INTEGER);"]) {
    const add = "ALTER TABLE t ADD COLUMN n INT NOT NULL;";
    await using together = await withTable();
    together.write("p", { "002_add.sql": migrationFile(`${emptying} ${add}`, "SELECT 1;") });
    assert.is((await together.apply("p")).current_version, 2);
    await using apart = await withTable();
    apart.write("p", {
      "002_empty.sql": migrationFile(emptying, "SELECT 1;"),
      "003_add.sql": migrationFile(add, "SELECT 1;"),
    });
    assert.is((await apart.apply("p")).current_version, 3);
  }
});

forms(
  "RENAME TABLE, RENAME COLUMN and ADD COLUMN need no declaration, and lose nothing",
  async () => {
    await using workspace = await withTable();
    workspace.write("p", {
      "002_alter.sql": migrationFile(
        "ALTER TABLE t RENAME COLUMN a TO label; ALTER TABLE t RENAME TO things;" +
          " ALTER TABLE things ADD COLUMN n INTEGER NOT NULL DEFAULT 0;",
        "SELECT 1;",
      ),
    });
    const { applied_migrations: [entry], warnings, backup } = await workspace.apply("p");
    assert.equal(entry?.data_loss, []);
    assert.equal(warnings, []);
    assert.is(backup, undefined);
    assert.equal(
      entry?.changes.map(({ change, object, table, name, detail }) =>
        [change, object, table, name, detail].join(" ")
      ),
      [
        "renamed table  things was t",
        "renamed column things label was a",
        "added column things n ",
      ],
    );
  },
);

forms.run();
