// Actions of foreign keys: they fire where the file says so, and are never left out in silence.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const actions = suite("actions of foreign keys");

const LIBRARY = migrationFile(
  `CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE book (
  id INTEGER PRIMARY KEY,
  author_id INTEGER REFERENCES author (id) ON UPDATE CASCADE ON DELETE SET NULL
);
CREATE TABLE page (book_id INTEGER REFERENCES book (id) ON DELETE CASCADE);
INSERT INTO author VALUES (1, 'a'), (2, 'b'), (3, 'c');
INSERT INTO book VALUES (10, 1), (20, 2), (30, 2);
INSERT INTO page VALUES (10), (10), (20);`,
  "DROP TABLE page; DROP TABLE book; DROP TABLE author;",
);
const SWAP = "UPDATE author SET id = -id; UPDATE author SET id = CASE id WHEN -1 THEN 2 WHEN -2 " +
  "THEN 1 ELSE 3 END;";
const BOOKS = "SELECT group_concat(id || ':' || coalesce(author_id, '-'), ' ') FROM book";

async function library(): Promise<Workspace> {
  const workspace = new Workspace();
  workspace.write("p", { "001_library.sql": LIBRARY });
  await workspace.apply("p");
  return workspace;
}

const SET_OFF: readonly (readonly [sql: string, says: string])[] = [
  [SWAP, 'ON UPDATE CASCADE of "book" (author_id) for 3 rows'],
  ["DELETE FROM author WHERE id = 2;", 'ON DELETE SET NULL of "book" (author_id) for 2 rows'],
  ["DELETE FROM book WHERE id = 10;", 'ON DELETE CASCADE of "page" (book_id) for 2 rows'],
  ["INSERT OR REPLACE INTO author VALUES (1, 'z');", 'ON DELETE SET NULL of "book" (author_id)'],
  ["UPDATE OR REPLACE author SET name = 'b' WHERE id = 3;", 'ON DELETE SET NULL of "book"'],
];
for (const [sql, says] of SET_OFF) {
  actions(`without a directive, ${sql} is refused, with the rows it would reach`, async () => {
    await using workspace = await library();
    workspace.write("p", { "002_x.sql": migrationFile(sql) });
    for (const dry_run of [true, false]) {
      const reply = await workspace.refused("apply", "p", { dry_run });
      assert.is(reply.error_code, "MIGRATION_FAILED");
      assert.equal(reply.errors.map(({ code, line }) => [code, line]), [["foreign-key-action", 2]]);
      assert.match(reply.message, says);
    }
    assert.is(sqliteShell(workspace.database("p"), BOOKS), "10:1 20:2 30:2");
  });
}

actions("what reaches no row of a child runs, with the question", async () => {
  await using workspace = await library();
  workspace.write("p", {
    "002_x.sql": migrationFile(
      "DELETE FROM author WHERE id = 3; UPDATE author SET name = 'x' WHERE id = 1;",
    ),
  });
  const reply = await workspace.apply("p");
  assert.is(reply.current_version, 2);
  const asked = reply.warnings.filter(({ code }) => code === "foreign-key-action");
  assert.equal(asked.map(({ line }) => line), [2]);
});

actions("off: the statement runs alone, and a key that it breaks is found", async () => {
  await using workspace = await library();
  workspace.write("p", { "002_x.sql": migrationFile(SWAP, "", "-- foreign-keys: off") });
  const reply = await workspace.apply("p");
  assert.equal(reply.warnings.filter(({ code }) => code === "foreign-key-action"), []);
  assert.is(sqliteShell(workspace.database("p"), BOOKS), "10:1 20:2 30:2");
  workspace.write("p", {
    "003_y.sql": migrationFile("DELETE FROM author WHERE id = 2;", "", "-- foreign-keys: off"),
  });
  const refused = await workspace.refused("apply", "p");
  assert.match(refused.message, '2 rows of "book" would point at no row of "author"');
});

actions("on: actions fire, cascades too, and never for DROP TABLE", async () => {
  await using workspace = await library();
  workspace.write("p", {
    "002_x.sql": migrationFile(
      `${SWAP} DELETE FROM author WHERE id = 3; DELETE FROM book WHERE id = 10;
CREATE TABLE n (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO n SELECT * FROM author;
DROP TABLE author; ALTER TABLE n RENAME TO author;`,
      "",
      "-- foreign-keys: on",
    ),
  });
  await workspace.apply("p");
  assert.is(sqliteShell(workspace.database("p"), BOOKS), "20:1 30:1");
  assert.is(sqliteShell(workspace.database("p"), "SELECT group_concat(book_id) FROM page"), "20");
});

actions("on: a key that is broken fails the statement, at its place", async () => {
  await using workspace = await library();
  workspace.write("p", {
    "002_x.sql": migrationFile(
      "SELECT 1;\nINSERT INTO book VALUES (40, 9);",
      "",
      "-- foreign-keys: on",
    ),
  });
  const reply = await workspace.refused("apply", "p");
  assert.equal(reply.errors.map(({ code, line }) => [code, line]), [["sql-error", 4]]);
  assert.match(reply.message, "FOREIGN KEY constraint failed");
});

actions.run();
