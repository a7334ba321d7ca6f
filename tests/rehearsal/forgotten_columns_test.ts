// Columns that the copy of a rebuild leaves out, and those that it does not.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const forgotten = suite("forgotten columns");

const BASE = migrationFile(
  "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT AS (a || 'x'), c TEXT DEFAULT 'd');",
  "DROP TABLE t;",
);
const CREATE = "CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT, b TEXT AS (a || 'x'), c TEXT);";
const SWAP = "DROP TABLE t; ALTER TABLE n RENAME TO t;";

const CASES: readonly (readonly [sql: string, subjects: readonly string[]])[] = [
  [`${CREATE} INSERT INTO n (id) SELECT id FROM t; ${SWAP}`, ["t.a", "t.c"]],
  [`${CREATE} REPLACE INTO main.n ("id", A) SELECT id, a FROM t; ${SWAP}`, ["t.c"]],
  [`${CREATE} INSERT INTO n (id, a, c) SELECT id, a, c FROM t; ${SWAP}`, []],
  [`${CREATE} INSERT INTO n (id, a, c) SELECT * FROM (SELECT id, a, c FROM t); ${SWAP}`, []],
  // A value that is written on purpose.
  [`${CREATE} INSERT INTO n (id, a, c) SELECT id, a, 'new' FROM t; ${SWAP}`, []],
  [`${CREATE} INSERT INTO n (id, c) SELECT id, a || c FROM t; ${SWAP}`, []],
  [`${CREATE} INSERT INTO n (id, a) SELECT id, a FROM t; UPDATE n SET c = 'x'; ${SWAP}`, []],
  [
    `${CREATE} INSERT INTO n (id, a) SELECT id, a FROM t WHERE id < 5;
INSERT INTO n (id, a, c) SELECT id, a, c FROM t WHERE id > 4; ${SWAP}`,
    [],
  ],
  // The column is dropped.
  [`CREATE TABLE n (id INTEGER PRIMARY KEY); INSERT INTO n (id) SELECT id FROM t; ${SWAP}`, []],
  // It is no rebuild.
  [`${CREATE} INSERT INTO n (id) SELECT id FROM t;`, []],
  [`${CREATE} INSERT INTO n (id) VALUES (1); ${SWAP}`, []],
];

forgotten("are those that both tables have and no statement copies", async () => {
  await using workspace = new Workspace();
  for (const [index, [sql, expected]] of CASES.entries()) {
    const plugin = `p${index}`;
    workspace.write(plugin, { "001_t.sql": BASE, "002_x.sql": migrationFile(sql, "") });
    const { pending_warnings } = await workspace.status(plugin);
    const subjects = pending_warnings.filter(({ code }) => code === "copy-forgets-column")
      .map(({ subject }) => subject);
    assert.equal(subjects, expected, sql);
  }
});

forgotten.run();
