// Keys, views and triggers that follow a table to its new name, while another table takes the old one.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const strays = suite("stray references");

const BASE = migrationFile(
  `CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT, mentor INTEGER REFERENCES author (id));
CREATE TABLE book (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES author (id));
CREATE VIEW names AS SELECT name FROM author;
CREATE TRIGGER book_author AFTER INSERT ON book
BEGIN UPDATE author SET name = 'x' WHERE id = NEW.author_id; END;
INSERT INTO author VALUES (1, 'Ann', NULL); INSERT INTO book VALUES (1, 1);`,
  "DROP VIEW names; DROP TABLE book; DROP TABLE author;",
);
const AWAY = `ALTER TABLE author RENAME TO author_old;
CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO author SELECT id, name FROM author_old;`;

async function withBase(): Promise<Workspace> {
  const workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE });
  await workspace.apply("p");
  return workspace;
}

strays("a key, a view and a trigger that stay with the renamed table are named", async () => {
  await using workspace = await withBase();
  workspace.write("p", { "002_away.sql": migrationFile(AWAY, "SELECT 1;") });
  const { warnings } = await workspace.apply("p", { dry_run: true });
  const found = warnings.filter(({ code }) => code === "stray-reference");
  assert.equal(
    found.map(({ message }) => message.split(", ")[0]),
    [
      'The RENAME on line 2 changes the foreign key of "book" to "author_old" too',
      'The RENAME on line 2 changes the view "names" to "author_old" too',
      'The RENAME on line 2 changes the trigger "book_author" to "author_old" too',
    ],
  );
  assert.ok(
    found.every(({ level, line, column }) => level === "WARNING" && line === 2 && column === 1),
  );
  assert.match(found[0]?.message ?? "", 'drop "author", and rename the new table to "author"');
});

strays("if the renamed table is dropped, the errors name the RENAME", async () => {
  await using workspace = await withBase();
  workspace.write("p", {
    "002_away.sql": migrationFile(`${AWAY}\nDROP TABLE author_old;`, "SELECT 1;"),
  });
  const { errors, warnings } = await workspace.refused("apply", "p");
  assert.equal(errors.map(({ code }) => code).sort(), [
    "broken-trigger",
    "broken-view",
    "dangling-foreign-key",
  ]);
  for (const { message, line } of errors) {
    assert.match(message, "DROP TABLE on line 5");
    assert.match(message, 'the RENAME on line 2 has put "author_old" into it');
    assert.match(message, 'rename the new table to "author"');
    assert.is(line, 5);
  }
  assert.not.ok(warnings.some(({ code }) => code === "stray-reference"));
});

strays("the rebuild in the other order, and a name that comes back, are quiet", async () => {
  for (
    const sql of [
      `CREATE TABLE author_new (id INTEGER PRIMARY KEY, name TEXT, mentor);
INSERT INTO author_new SELECT id, name, mentor FROM author;
DROP TABLE author; ALTER TABLE author_new RENAME TO author;`,
      `ALTER TABLE author RENAME TO author_old; CREATE TABLE author (id INTEGER PRIMARY KEY);
DROP TABLE author; ALTER TABLE author_old RENAME TO author;`,
      "ALTER TABLE author RENAME TO author_old; CREATE VIEW author AS SELECT * FROM author_old;",
    ]
  ) {
    await using workspace = await withBase();
    workspace.write("p", { "002_x.sql": migrationFile(sql, "SELECT 1;") });
    const { warnings } = await workspace.apply("p", { dry_run: true });
    assert.not.ok(warnings.some(({ code }) => code === "stray-reference"), sql);
  }
});

strays("children that the same run rebuilds are named with the file that mends them", async () => {
  await using workspace = await withBase();
  workspace.write("p", {
    "002_away.sql": migrationFile(
      `DROP VIEW names; DROP TRIGGER book_author; ${AWAY}`,
      "SELECT 1;",
    ),
    "003_book.sql": migrationFile(
      `CREATE TABLE book_new (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES author (id));
INSERT INTO book_new SELECT id, author_id FROM book;
DROP TABLE book; ALTER TABLE book_new RENAME TO book; DROP TABLE author_old;`,
      "SELECT 1;",
    ),
  });
  const { warnings } = await workspace.apply("p", { dry_run: true });
  const found = warnings.filter(({ code }) => code === "stray-reference");
  assert.is(found.length, 1);
  assert.match(found[0]?.message ?? "", "until 003_book.sql has run");
});

strays(
  "a table that takes the name in a later file is named with the file of the RENAME",
  async () => {
    await using workspace = await withBase();
    workspace.write("p", {
      "002_away.sql": migrationFile("ALTER TABLE author RENAME TO author_old;", "SELECT 1;"),
      "003_new.sql": migrationFile("CREATE TABLE author (id INTEGER PRIMARY KEY);", "SELECT 1;"),
    });
    const { warnings } = await workspace.apply("p", { dry_run: true });
    const found = warnings.filter(({ code }) => code === "stray-reference");
    assert.is(found.length, 3);
    assert.match(found[0]?.message ?? "", "The RENAME on line 2 of 002_away.sql changes");
    assert.is(found[0]?.migration_version, 3);
  },
);

strays("a table that was renamed twice is followed to its last name", async () => {
  await using workspace = await withBase();
  workspace.write("p", {
    "002_away.sql": migrationFile(
      `ALTER TABLE author RENAME TO author_old;
ALTER TABLE author_old RENAME TO author_older;
CREATE TABLE author (id INTEGER PRIMARY KEY);`,
      "SELECT 1;",
    ),
  });
  const { warnings } = await workspace.apply("p", { dry_run: true });
  const [first] = warnings.filter(({ code }) => code === "stray-reference");
  assert.match(
    first?.message ?? "",
    'The RENAME on line 3 changes the foreign key of "book" to "author_older" too, ' +
      'so it does not use the new "author"',
  );
});

strays.run();
