// Table rebuilds: PITFALLS of every migration tool for SQLite.

import * as assert from "uvu/assert";
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

rebuild.run();
