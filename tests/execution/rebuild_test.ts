// Table rebuilds: which rows and objects they keep.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { Workspace } from "../support/workspace.ts";

const rebuild = suite("table rebuild");

const PARENT_AND_CHILD = `-- UP
CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL, junk TEXT);
CREATE TABLE child (
  id INTEGER PRIMARY KEY,
  parent_id INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE
);
INSERT INTO parent (id, name, junk) VALUES (1, 'a', 'x'), (2, 'b', NULL);
INSERT INTO child (id, parent_id) VALUES (1, 1), (2, 2);
-- DOWN
DROP TABLE child;
DROP TABLE parent;
`;

const REBUILD_PARENT = `-- UP
CREATE TABLE parent_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO parent_new (id, name) SELECT id, name FROM parent;
DROP TABLE parent;
ALTER TABLE parent_new RENAME TO parent;
-- DOWN
ALTER TABLE parent ADD COLUMN junk TEXT;
`;

rebuild("keeps the rows of child tables with ON DELETE CASCADE", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", {
    "001_create.sql": PARENT_AND_CHILD,
    "002_rebuild.sql": REBUILD_PARENT,
  });
  const reply = await workspace.apply("quotes");
  assert.is(sqliteShell(workspace.database("quotes"), "SELECT count(*) FROM child"), "2");
  assert.equal(reply.applied_migrations[1]?.data_loss, [
    { kind: "values", table: "parent", column: "junk", values: 1 },
  ]);
});

rebuild("a rename that is no rebuild takes its foreign keys along", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_base.sql": migrationFile("CREATE TABLE unrelated (a);", "DROP TABLE unrelated;"),
    "002_rename.sql": migrationFile(
      "DROP TABLE unrelated; CREATE TABLE k (id INTEGER PRIMARY KEY);" +
        " CREATE TABLE c (x REFERENCES k (id)); INSERT INTO k VALUES (1); INSERT INTO c VALUES (1);" +
        " CREATE VIEW kv AS SELECT id FROM k; ALTER TABLE k RENAME TO kk;",
      "SELECT 1;",
    ),
  });
  assert.equal((await workspace.apply("p")).warnings.map(({ code }) => code), ["drop-table"]);
  const database = workspace.database("p");
  assert.is(sqliteShell(database, "SELECT \"table\" FROM pragma_foreign_key_list('c')"), "kk");
  assert.is(sqliteShell(database, "SELECT id FROM kv"), "1");
});

for (const view of ["", "CREATE VIEW v AS SELECT id FROM t; "]) {
  const what = view === "" ? "no view" : "a view";
  rebuild(`keys and triggers made before the rename follow it, with ${what}`, async () => {
    await using workspace = new Workspace();
    workspace.write("p", {
      "001_base.sql": migrationFile(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, up REFERENCES t (id), junk);" +
          " CREATE TABLE old (x REFERENCES t (id) ON DELETE CASCADE); CREATE TABLE log (line);" +
          ` ${view}INSERT INTO t VALUES (1, NULL, 1), (2, 1, 2); INSERT INTO old VALUES (1), (2);`,
        "SELECT 1;",
      ),
      "002_rebuild.sql": migrationFile(
        "CREATE TABLE t_new (id INTEGER PRIMARY KEY, up REFERENCES t_new (id));" +
          " INSERT INTO t_new SELECT id, up FROM t; CREATE TABLE c (x REFERENCES t_new (id));" +
          " INSERT INTO c VALUES (2);" +
          " CREATE TRIGGER t_log AFTER INSERT ON t_new BEGIN INSERT INTO log VALUES (NEW.id); END;" +
          " DROP TABLE t; ALTER TABLE t_new RENAME TO t;",
        "SELECT 1;",
      ),
    });
    await workspace.apply("p");
    const database = workspace.database("p");
    const parents = "SELECT group_concat(f.\"table\") FROM (VALUES ('t'), ('c'), ('old')) n" +
      " JOIN pragma_foreign_key_list(n.column1) f";
    assert.is(sqliteShell(database, parents), "t,t,t");
    assert.is(sqliteShell(database, "SELECT count(*) FROM old"), "2");
    assert.is(sqliteShell(database, "PRAGMA foreign_key_check"), "");
    sqliteShell(database, "INSERT INTO t VALUES (3, 2)");
    assert.is(sqliteShell(database, "SELECT line FROM log"), "3");
  });
}

rebuild.run();
