// Rows that something new in a table refuses: counted, with an example, before anything is kept.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const rows = suite("violating rows");

const BASE = migrationFile(
  `CREATE TABLE authors (id INTEGER PRIMARY KEY);
CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT COLLATE NOCASE, year INTEGER, by INTEGER);
CREATE TABLE loans (book INTEGER, day TEXT, PRIMARY KEY (book, day)) WITHOUT ROWID;
INSERT INTO authors VALUES (1);
INSERT INTO books VALUES (1, 'Emma', 1815, 1), (2, 'emma', NULL, 7), (3, 'Moby-Dick', -3, NULL);
INSERT INTO loans VALUES (1, 'mon'), (1, 'tue');`,
  "DROP TABLE books; DROP TABLE authors; DROP TABLE loans;",
);

/** A rebuild of `books` to this body, with the copy of every column. */
function rebuild(body: string, columns = "id, title, year, by"): string {
  return `CREATE TABLE books_new (${body});
INSERT INTO books_new (${columns}) SELECT ${columns} FROM books;
DROP TABLE books;
ALTER TABLE books_new RENAME TO books;`;
}

/** The findings about rows, as `subject: message` without the remedy. */
async function refused(up: string, requires = "", base = ""): Promise<readonly string[]> {
  await using workspace = new Workspace();
  workspace.write("p", { "001_base.sql": base === "" ? BASE : migrationFile(base) });
  await workspace.apply("p");
  workspace.write("p", { "002_x.sql": migrationFile(up, "SELECT 1;", requires) });
  const reply = await workspace.refused("apply", "p", { dry_run: true });
  assert.is(reply.error_code, "MIGRATION_FAILED");
  return reply.errors.filter(({ code }) => code === "constraint-violation")
    .map(({ subject, message }) => `${subject}: ${message.split(";")[0]}`);
}

const ID = "id INTEGER PRIMARY KEY";

rows("a column that becomes NOT NULL", async () => {
  const wanted = [
    'books.year: 1 row of "books" has no value in "year", which is NOT NULL now, such as id = 2',
  ];
  const body = `${ID}, title TEXT COLLATE NOCASE, year INTEGER NOT NULL, by INTEGER`;
  assert.equal(await refused(rebuild(body)), wanted);
  const requires = "-- requires: sqlite >= 3.53.0";
  assert.equal(
    await refused("ALTER TABLE books ALTER COLUMN year SET NOT NULL;", requires),
    wanted,
  );
});

rows("a new column that is NOT NULL, has no default and is not filled", async () => {
  const body = `${ID}, title TEXT COLLATE NOCASE, year INTEGER, by INTEGER, shelf TEXT NOT NULL`;
  assert.equal(await refused(rebuild(body)), [
    'books.shelf: 3 rows of "books" have no value in "shelf", which is NOT NULL now, such as id = 1',
  ]);
});

rows("a narrower CHECK, also of a column with another name", async () => {
  const body = `${ID}, title TEXT COLLATE NOCASE, year INTEGER CHECK (year > 0), by INTEGER`;
  assert.equal(await refused(rebuild(body)), [
    'books: The new CHECK (year > 0) refuses 1 row of "books", such as id = 3',
  ]);
  assert.equal(
    await refused(`ALTER TABLE books RENAME COLUMN year TO printed;
${rebuild(body.replaceAll("year", "printed"), "id, title, printed, by")}`),
    ['books: The new CHECK (printed > 0) refuses 1 row of "books", such as id = 3'],
  );
});

rows("a new UNIQUE, by the collation of its columns", async () => {
  const wanted = [
    'books.title: 2 rows of "books" have equal values in "title", which is UNIQUE ' +
    "now, such as title = 'Emma'",
  ];
  const body = `${ID}, title TEXT COLLATE NOCASE UNIQUE, year INTEGER, by INTEGER`;
  assert.equal(await refused(rebuild(body)), wanted);
  assert.equal(await refused("CREATE UNIQUE INDEX titles ON books (title);"), wanted);
});

rows("a primary key of fewer columns", async () => {
  const up = `CREATE TABLE n (book INTEGER NOT NULL, day TEXT, PRIMARY KEY (book)) WITHOUT ROWID;
INSERT INTO n SELECT book, day FROM loans;
DROP TABLE loans;
ALTER TABLE n RENAME TO loans;`;
  assert.equal(await refused(up), [
    'loans.book: 2 rows of "loans" have equal values in "book", which is UNIQUE ' +
    "now, such as book = 1",
  ]);
});

rows("what a statement above has corrected is not counted", async () => {
  const body =
    `${ID}, title TEXT COLLATE NOCASE, year INTEGER NOT NULL CHECK (year > 0), by INTEGER`;
  assert.equal(await refused(`UPDATE books SET year = 1 WHERE year IS NULL;\n${rebuild(body)}`), [
    'books: The new CHECK (year > 0) refuses 1 row of "books", such as id = 3',
  ]);
});

rows("what the copy corrects is not counted", async () => {
  const body =
    `${ID}, title TEXT COLLATE NOCASE, year INTEGER NOT NULL CHECK (year > 0), by INTEGER NOT NULL`;
  const up = rebuild(body).replace(
    "SELECT id, title, year, by",
    "SELECT id, title, coalesce(year, 1), coalesce(by, 1)",
  );
  assert.equal(await refused(up), [
    'books: The new CHECK (year > 0) refuses 1 row of "books", such as id = 3',
  ]);
});

rows("a CHECK is not taken for a guard because it has the letters of a table", async () => {
  const up = `CREATE TABLE n (id INTEGER PRIMARY KEY, b TEXT NOT NULL CHECK (b <> 'tab'));
INSERT INTO n SELECT id, coalesce(b, 'tab') FROM b;
DROP TABLE b;
ALTER TABLE n RENAME TO b;`;
  const base = "CREATE TABLE b (id INTEGER PRIMARY KEY, b TEXT);\nINSERT INTO b VALUES (1, NULL);";
  assert.equal(await refused(up, "", base), []);
});

rows("a failure that is about other rows has none", async () => {
  assert.equal(await refused("INSERT INTO books (id) VALUES (1);"), []);
  assert.equal(
    await refused(`INSERT INTO authors VALUES (1);\n${rebuild(`${ID}, title, year, by`)}`),
    [],
  );
});

rows("the guards that diff writes fail with the rows of each", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE });
  await workspace.apply("p");
  workspace.writeSchema(
    "p",
    `CREATE TABLE authors (id INTEGER PRIMARY KEY);
CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT COLLATE NOCASE UNIQUE,
  year INTEGER NOT NULL CHECK (year > 0), by INTEGER REFERENCES authors (id));
CREATE TABLE loans (book INTEGER, day TEXT, PRIMARY KEY (book, day)) WITHOUT ROWID;`,
  );
  const { diff, check } = await workspace.migrator();
  const made = await diff("p", { description: "narrow" });
  if (!made.success || made.file === null) throw new Error(JSON.stringify(made));
  workspace.write("p", { "002_narrow.sql": made.file });
  const wanted = [
    'books.year: 1 row of "books" has no value in "year", which is NOT NULL now, such as id = 2',
    'books: The new CHECK (year > 0) refuses 1 row of "books", such as id = 3',
    'books.title: 2 rows of "books" have equal values in "title", which is UNIQUE ' +
    "now, such as title = 'Emma'",
    'books.by: 1 row of "books" has no parent in "authors" for "by", which is a foreign key now, such as ' +
    "id = 2",
  ];
  const linesOf = (
    errors: readonly { code: string; subject?: string | undefined; message: string }[],
  ) =>
    errors.filter(({ code }) => code === "constraint-violation")
      .map(({ subject, message }) => `${subject}: ${message.split(";")[0]}`);
  assert.equal(linesOf((await workspace.refused("plan", "p")).errors), wanted);
  assert.equal(linesOf((await workspace.refused("apply", "p")).errors), wanted);
  const checked = await check("p", { prove: true, live: true });
  assert.equal(linesOf(checked.success ? [] : checked.errors), wanted);
  assert.is(sqliteShell(workspace.database("p"), "SELECT count(*) FROM books WHERE year > 0"), "1");
});

rows.run();
