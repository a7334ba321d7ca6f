// Cases in which other tools lost something when they rebuilt a SQLite table, from their public
// issue trackers.

import type { SqliteVersion } from "../../lib/migration/migration.ts";

export interface FieldCase {
  /** The project and the number of its issue. */
  readonly issue: string;
  /** What went wrong there. */
  readonly wrong: string;
  readonly before: string;
  readonly rows: string;
  readonly after: string;
  readonly renames?: readonly string[];
  readonly requires?: SqliteVersion;
  /** A query that must give the same before, after and after the way back. */
  readonly keeps: string;
  /** The first line of each statement that godwit generates. */
  readonly generates: readonly string[];
  /** A statement that must be refused, or work, in the end. */
  readonly refuses?: string;
}

const AUTHORS = `CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE books (id INTEGER PRIMARY KEY, author INTEGER REFERENCES authors (id) ON DELETE CASCADE);`;
const AUTHOR_ROWS = `INSERT INTO authors VALUES (1, 'Ada'), (2, 'Bob');
INSERT INTO books VALUES (1, 1), (2, 2);`;

export const FIELD_CASES: readonly FieldCase[] = [
  {
    issue: "drizzle-team/drizzle-orm#4938",
    wrong: "the rebuild of a parent deletes the rows of its children",
    before: AUTHORS,
    rows: AUTHOR_ROWS,
    after: AUTHORS.replace("name TEXT", "name TEXT NOT NULL"),
    keeps: "SELECT * FROM books",
    generates: [
      "CREATE TEMP TABLE guard (",
      "INSERT INTO temp.guard SELECT count(*) FROM authors WHERE name IS NULL",
      "DROP TABLE temp.guard",
      "CREATE TABLE authors_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
      "INSERT INTO authors_new (id, name)",
      "DROP TABLE authors",
      "ALTER TABLE authors_new RENAME TO authors",
    ],
  },
  {
    issue: "drizzle-team/drizzle-orm#5782",
    wrong: "ON DELETE SET NULL empties the keys of children",
    before: AUTHORS.replace("CASCADE", "SET NULL"),
    rows: AUTHOR_ROWS,
    after: AUTHORS.replace("CASCADE", "SET NULL").replace("name TEXT", "name TEXT DEFAULT 'x'"),
    keeps: "SELECT * FROM books",
    generates: [
      "CREATE TABLE authors_new (id INTEGER PRIMARY KEY, name TEXT DEFAULT 'x')",
      "INSERT INTO authors_new (id, name)",
      "DROP TABLE authors",
      "ALTER TABLE authors_new RENAME TO authors",
    ],
  },
  {
    issue: "drizzle-team/drizzle-orm#6060",
    wrong: "UNIQUE of a column that has an index too is gone",
    before: `CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, sku TEXT NOT NULL UNIQUE);
CREATE INDEX orders_sku ON orders (sku);`,
    rows: "INSERT INTO orders (sku) VALUES ('a'), ('b')",
    after: `CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, sku TEXT NOT NULL UNIQUE,
    label TEXT DEFAULT (lower(hex(randomblob(2)))));
CREATE INDEX orders_sku ON orders (sku);`,
    keeps: "SELECT id, sku FROM orders",
    refuses: "INSERT INTO orders (sku) VALUES ('a')",
    generates: [
      "CREATE TABLE orders_new (id INTEGER PRIMARY KEY AUTOINCREMENT, sku TEXT NOT NULL UNIQUE,",
      "INSERT INTO sqlite_sequence (name, seq)",
      "INSERT INTO orders_new (id, sku)",
      "DROP TABLE orders",
      "ALTER TABLE orders_new RENAME TO orders",
      "CREATE INDEX orders_sku ON orders (sku)",
    ],
  },
  {
    issue: "drizzle-team/drizzle-orm#3574",
    wrong: "the index of a rebuilt table is created twice",
    before: "CREATE TABLE t (a TEXT, b TEXT); CREATE UNIQUE INDEX t_a ON t (a);",
    rows: "INSERT INTO t VALUES ('1', '2')",
    after: "CREATE TABLE t (a TEXT, b TEXT, PRIMARY KEY (a, b)); CREATE UNIQUE INDEX t_a ON t (a);",
    keeps: "SELECT * FROM t",
    generates: [
      "CREATE TABLE t_new (a TEXT, b TEXT, PRIMARY KEY (a, b))",
      "INSERT INTO t_new (rowid, a, b)",
      "DROP TABLE t",
      "ALTER TABLE t_new RENAME TO t",
      "CREATE UNIQUE INDEX t_a ON t (a)",
    ],
  },
  {
    issue: "drizzle-team/drizzle-kit-mirror#122",
    wrong: "a new nullable reference empties the table",
    before: `CREATE TABLE folders (id INTEGER PRIMARY KEY);
CREATE TABLE documents (id INTEGER PRIMARY KEY, name TEXT NOT NULL);`,
    rows: "INSERT INTO documents VALUES (1, 'x'), (7, 'y')",
    after: `CREATE TABLE folders (id INTEGER PRIMARY KEY);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    folder INTEGER REFERENCES folders (id) ON DELETE CASCADE
);`,
    keeps: "SELECT id, name FROM documents",
    generates: [
      "ALTER TABLE documents ADD COLUMN folder INTEGER REFERENCES folders (id) ON DELETE CASCADE",
    ],
  },
  {
    issue: "drizzle-team/drizzle-orm#2095",
    wrong: "the copy names more columns than the old table has",
    before: "CREATE TABLE lines (id INTEGER PRIMARY KEY, a, b)",
    rows: "INSERT INTO lines VALUES (1, 2, 3)",
    after: "CREATE TABLE lines (id INTEGER PRIMARY KEY, a, new_one, b)",
    keeps: "SELECT id, a, b FROM lines",
    generates: [
      "CREATE TABLE lines_new (id INTEGER PRIMARY KEY, a, new_one, b)",
      "INSERT INTO lines_new (id, a, b)",
      "DROP TABLE lines",
      "ALTER TABLE lines_new RENAME TO lines",
    ],
  },
  {
    issue: "drizzle-team/drizzle-orm#3235",
    wrong: "the shadow tables of FTS5 are taken for tables that are too many",
    before: `CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT);
CREATE VIRTUAL TABLE search USING fts5 (body);`,
    rows:
      "INSERT INTO docs VALUES (1, 'whale'); INSERT INTO search (rowid, body) VALUES (1, 'whale')",
    after: `CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT, lang TEXT);
CREATE VIRTUAL TABLE search USING fts5 (body);`,
    keeps: "SELECT rowid FROM search('whale')",
    generates: ["ALTER TABLE docs ADD COLUMN lang TEXT"],
  },
  {
    issue: "prisma/orm#29024",
    wrong: "a column with a default rebuilds the table, where ADD COLUMN would do",
    before: `CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT)`,
    rows: `INSERT INTO "User" (email) VALUES ('a@example.org')`,
    after: `CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT,
    "role" TEXT NOT NULL DEFAULT 'user')`,
    keeps: `SELECT id, email FROM "User"`,
    generates: [`ALTER TABLE User ADD COLUMN "role" TEXT NOT NULL DEFAULT 'user'`],
  },
  {
    issue: "prisma/orm#9204",
    wrong: "UNIQUE as a constraint and as an index are mixed up, and the SQL does not run",
    before: `CREATE TABLE "USER" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "email" TEXT UNIQUE)`,
    rows: `INSERT INTO "USER" (email) VALUES ('a@example.org')`,
    after: `CREATE TABLE "USER" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT);
CREATE UNIQUE INDEX "USER_email" ON "USER" ("email");`,
    keeps: `SELECT id, email FROM "USER"`,
    refuses: `INSERT INTO "USER" (email) VALUES ('a@example.org')`,
    generates: [
      `CREATE TABLE USER_new ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT)`,
      "INSERT INTO sqlite_sequence (name, seq)",
      "INSERT INTO USER_new (id, email)",
      "DROP TABLE USER",
      "ALTER TABLE USER_new RENAME TO USER",
      "CREATE TEMP TABLE guard (",
      "INSERT INTO temp.guard SELECT count(*) FROM (",
      "DROP TABLE temp.guard",
      `CREATE UNIQUE INDEX "USER_email" ON "USER" ("email")`,
    ],
  },
  {
    issue: "prisma/migrate#507",
    wrong: "a renamed column is dropped and added, and a table of the temporary name is in the way",
    before: `CREATE TABLE payments (id INTEGER PRIMARY KEY, setup_intent TEXT NOT NULL UNIQUE);
CREATE TABLE payments_new (x);`,
    rows: "INSERT INTO payments VALUES (1, 's1'); INSERT INTO payments_new VALUES (9)",
    after: `CREATE TABLE payments (id INTEGER PRIMARY KEY, setup_intent TEXT NOT NULL);
CREATE TABLE payments_new (x);`,
    keeps: "SELECT id, setup_intent FROM payments UNION ALL SELECT x, NULL FROM payments_new",
    generates: [
      "CREATE TABLE payments_new2 (id INTEGER PRIMARY KEY, setup_intent TEXT NOT NULL)",
      "INSERT INTO payments_new2 (id, setup_intent)",
      "DROP TABLE payments",
      "ALTER TABLE payments_new2 RENAME TO payments",
    ],
  },
  {
    issue: "prisma/migrate#467",
    wrong: "AUTOINCREMENT is to be dropped and stays",
    before: "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)",
    rows: "INSERT INTO users (name) VALUES ('Ada')",
    after: "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)",
    keeps: "SELECT * FROM users",
    generates: [
      "CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT)",
      "INSERT INTO users_new (id, name)",
      "DROP TABLE users",
      "ALTER TABLE users_new RENAME TO users",
    ],
  },
  {
    issue: "simonw/sqlite-utils#602",
    wrong: "AUTOINCREMENT is gone after a rename of a column, and ids are given out again",
    before: "CREATE TABLE mytable (col1 INTEGER PRIMARY KEY AUTOINCREMENT, col2 TEXT NOT NULL)",
    rows:
      `INSERT INTO mytable (col2) VALUES ('a'), ('b'), ('c'); DELETE FROM mytable WHERE col1 = 3`,
    after: "CREATE TABLE mytable (col1 INTEGER PRIMARY KEY AUTOINCREMENT, renamed TEXT)",
    renames: ["mytable.col2=mytable.renamed"],
    keeps:
      "SELECT seq, (SELECT group_concat(col1) FROM mytable) FROM sqlite_sequence WHERE name = 'mytable'",
    generates: [
      "ALTER TABLE mytable RENAME COLUMN col2 TO renamed",
      "CREATE TABLE mytable_new (col1 INTEGER PRIMARY KEY AUTOINCREMENT, renamed TEXT)",
      "INSERT INTO sqlite_sequence (name, seq)",
      "INSERT INTO mytable_new (col1, renamed)",
      "DROP TABLE mytable",
      "ALTER TABLE mytable_new RENAME TO mytable",
    ],
  },
  {
    issue: "simonw/sqlite-utils#854",
    wrong: "the triggers of a rebuilt table are gone",
    before: `CREATE TABLE thread (id INTEGER PRIMARY KEY, subject TEXT);
CREATE TABLE log (line TEXT);
CREATE TRIGGER subject_changed AFTER UPDATE OF subject ON thread WHEN NEW.subject <> ''
BEGIN
    -- Two statements; with a semicolon in a comment.
    INSERT INTO log VALUES ('changed; ' || NEW.subject);
    SELECT CASE WHEN NEW.subject = 'x' THEN 1 ELSE 2 END;
END;`,
    rows: "INSERT INTO thread VALUES (1, 'a')",
    after: `CREATE TABLE thread (id INTEGER PRIMARY KEY, subject INTEGER);
CREATE TABLE log (line TEXT);
CREATE TRIGGER subject_changed AFTER UPDATE OF subject ON thread WHEN NEW.subject <> ''
BEGIN
    -- Two statements; with a semicolon in a comment.
    INSERT INTO log VALUES ('changed; ' || NEW.subject);
    SELECT CASE WHEN NEW.subject = 'x' THEN 1 ELSE 2 END;
END;`,
    keeps: "SELECT sql FROM sqlite_schema WHERE type = 'trigger'",
    generates: [
      "CREATE TABLE thread_new (id INTEGER PRIMARY KEY, subject INTEGER)",
      "INSERT INTO thread_new (id, subject)",
      "DROP TABLE thread",
      "ALTER TABLE thread_new RENAME TO thread",
      "CREATE TRIGGER subject_changed AFTER UPDATE OF subject ON thread WHEN NEW.subject <> ''",
    ],
  },
  {
    issue: "simonw/sqlite-utils#633",
    wrong: "a new foreign key drops indexes that have nothing to do with it",
    before: `CREATE TABLE a (id INTEGER PRIMARY KEY);
CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER, name TEXT COLLATE NOCASE);
CREATE INDEX b_name ON b (name DESC) WHERE name IS NOT NULL;
CREATE INDEX b_lower ON b (lower(name), id);`,
    rows: "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 1, 'x'), (2, NULL, 'y')",
    after: `CREATE TABLE a (id INTEGER PRIMARY KEY);
CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id), name TEXT COLLATE NOCASE);
CREATE INDEX b_name ON b (name DESC) WHERE name IS NOT NULL;
CREATE INDEX b_lower ON b (lower(name), id);`,
    keeps: "SELECT b.*, sql FROM b, sqlite_schema WHERE type = 'index' ORDER BY 1, 4",
    generates: [
      "CREATE TEMP TABLE guard (",
      "INSERT INTO temp.guard SELECT count(*) FROM b AS child WHERE child.a IS NOT NULL",
      "DROP TABLE temp.guard",
      "CREATE TABLE b_new (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id), name TEXT COLLATE NOCASE)",
      "INSERT INTO b_new (id, a, name)",
      "DROP TABLE b",
      "ALTER TABLE b_new RENAME TO b",
      "CREATE INDEX b_lower ON b (lower(name), id)",
      "CREATE INDEX b_name ON b (name DESC) WHERE name IS NOT NULL",
    ],
  },
  {
    issue: "sqlalchemy/alembic#1207",
    wrong: "a view on the table makes the rename fail",
    before: `CREATE TABLE foo (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
CREATE VIEW my_foo AS SELECT id FROM foo;
CREATE VIEW on_view AS SELECT count(*) AS n FROM my_foo;`,
    rows: "INSERT INTO foo VALUES (1, 'a', 'b')",
    after: `CREATE TABLE foo (id INTEGER PRIMARY KEY, a TEXT);
CREATE VIEW my_foo AS SELECT id FROM foo;
CREATE VIEW on_view AS SELECT count(*) AS n FROM my_foo;`,
    keeps: "SELECT id, a, n FROM foo, on_view",
    generates: [
      "CREATE TABLE foo_new (id INTEGER PRIMARY KEY, a TEXT)",
      "INSERT INTO foo_new (id, a)",
      "DROP TABLE foo",
      "ALTER TABLE foo_new RENAME TO foo",
    ],
  },
  {
    issue: "sqlalchemy/alembic#884",
    wrong: "a CHECK constraint is not seen and is gone after the rebuild",
    before:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, age INTEGER, CONSTRAINT adult CHECK (age > 17))",
    rows: "INSERT INTO t VALUES (1, 18)",
    after:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, age INTEGER NOT NULL, CONSTRAINT adult CHECK (age > 17))",
    keeps: "SELECT * FROM t",
    refuses: "INSERT INTO t VALUES (2, 3)",
    generates: [
      "CREATE TEMP TABLE guard (",
      "INSERT INTO temp.guard SELECT count(*) FROM t WHERE age IS NULL",
      "DROP TABLE temp.guard",
      "CREATE TABLE t_new (id INTEGER PRIMARY KEY, age INTEGER NOT NULL, CONSTRAINT adult CHECK (age > 17))",
      "INSERT INTO t_new (id, age)",
      "DROP TABLE t",
      "ALTER TABLE t_new RENAME TO t",
    ],
  },
  {
    issue: "sqlalchemy/alembic#1034",
    wrong: "a renamed column with an index: the index names the old one",
    before:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, int_col INTEGER); CREATE INDEX ix ON t (int_col);",
    rows: "INSERT INTO t VALUES (1, 5)",
    after:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, new_int INTEGER); CREATE INDEX ix ON t (new_int);",
    renames: ["t.int_col=t.new_int"],
    keeps: "SELECT * FROM t",
    generates: ["ALTER TABLE t RENAME COLUMN int_col TO new_int"],
  },
  {
    issue: "sqlalchemy/alembic#1758",
    wrong: "STRICT and WITHOUT ROWID are gone after the rebuild",
    before: `CREATE TABLE "USER" (id TEXT PRIMARY KEY, name TEXT) STRICT, WITHOUT ROWID`,
    rows: `INSERT INTO "USER" VALUES ('a', 'Ada')`,
    after: `CREATE TABLE "USER" (id TEXT PRIMARY KEY, name TEXT UNIQUE) STRICT, WITHOUT ROWID`,
    keeps: `SELECT *, (SELECT strict + wr FROM pragma_table_list('USER')) FROM "USER"`,
    generates: [
      "CREATE TEMP TABLE guard (",
      "INSERT INTO temp.guard SELECT count(*) FROM (",
      "DROP TABLE temp.guard",
      "CREATE TABLE USER_new (id TEXT PRIMARY KEY, name TEXT UNIQUE) STRICT, WITHOUT ROWID",
      "INSERT INTO USER_new (id, name)",
      "DROP TABLE USER",
      "ALTER TABLE USER_new RENAME TO USER",
    ],
  },
  {
    issue: "ariga/atlas#1597",
    wrong: "the same schema is dropped and created again each time",
    before:
      `CREATE TABLE TEMPLATE (ID INTEGER PRIMARY KEY, NAME TEXT NOT NULL, UNIQUE (NAME)) WITHOUT ROWID;
CREATE INDEX template_name ON TEMPLATE (NAME);`,
    rows: "INSERT INTO TEMPLATE VALUES (1, 'x')",
    after: `CREATE TABLE IF NOT EXISTS TEMPLATE (
      ID INTEGER PRIMARY KEY, -- the number
      NAME TEXT NOT NULL,
      UNIQUE (NAME)
)WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS template_name ON TEMPLATE (NAME);`,
    keeps: "SELECT * FROM TEMPLATE",
    generates: [],
  },
  {
    issue: "kalbasit/ncps#1328 (atlas)",
    wrong: "a table with CHECK constraints is rebuilt by every migration for another table",
    before:
      `CREATE TABLE narinfos (id INTEGER PRIMARY KEY, size INTEGER, CONSTRAINT nonneg CHECK (size >= 0));
CREATE TABLE nar_files (id INTEGER PRIMARY KEY);`,
    rows: "INSERT INTO narinfos VALUES (1, 2); INSERT INTO nar_files VALUES (3)",
    after:
      `CREATE TABLE narinfos (id INTEGER PRIMARY KEY, size INTEGER, CONSTRAINT nonneg CHECK (size >= 0));
CREATE TABLE nar_files (id INTEGER PRIMARY KEY, bytes_stored_at TEXT);`,
    keeps: "SELECT narinfos.*, nar_files.id FROM narinfos, nar_files",
    generates: ["ALTER TABLE nar_files ADD COLUMN bytes_stored_at TEXT"],
  },
  {
    issue: "ariga/atlas#1724",
    wrong: "WITHOUT ROWID and STRICT cannot be changed",
    before: "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)",
    rows: "INSERT INTO users VALUES (1, 'Ada')",
    after: "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT) WITHOUT ROWID, STRICT",
    keeps: "SELECT * FROM users",
    generates: [
      "CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT) WITHOUT ROWID, STRICT",
      "INSERT INTO users_new (id, name)",
      "DROP TABLE users",
      "ALTER TABLE users_new RENAME TO users",
    ],
  },
  {
    issue: "go-gorm/sqlite#236",
    wrong: "DESC, partial and expression indexes lose what makes them so",
    before: `CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT, kind TEXT);
CREATE INDEX t_at ON t (at DESC, kind COLLATE NOCASE ASC) WHERE kind <> 'x';`,
    rows: "INSERT INTO t VALUES (1, 'a', 'b')",
    after: `CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME, kind TEXT);
CREATE INDEX t_at ON t (at DESC, kind COLLATE NOCASE ASC) WHERE kind <> 'x';`,
    keeps: "SELECT sql FROM sqlite_schema WHERE name = 't_at'",
    generates: [
      "CREATE TABLE t_new (id INTEGER PRIMARY KEY, at DATETIME, kind TEXT)",
      "INSERT INTO t_new (id, at, kind)",
      "DROP TABLE t",
      "ALTER TABLE t_new RENAME TO t",
      "CREATE INDEX t_at ON t (at DESC, kind COLLATE NOCASE ASC) WHERE kind <> 'x'",
    ],
  },
  {
    issue: "mikro-orm/mikro-orm#6145",
    wrong: "INSERT ... SELECT * pairs columns by position",
    before: "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT)",
    rows: "INSERT INTO t VALUES (1, 'a', 'b')",
    after: "CREATE TABLE t (b TEXT, id INTEGER PRIMARY KEY, a TEXT)",
    keeps: "SELECT id, a, b FROM t",
    generates: [
      "CREATE TABLE t_new (b TEXT, id INTEGER PRIMARY KEY, a TEXT)",
      "INSERT INTO t_new (b, id, a)",
      "DROP TABLE t",
      "ALTER TABLE t_new RENAME TO t",
    ],
  },
  {
    issue: "SQLite-Explorer#510",
    wrong: "a view is replaced, and its INSTEAD OF triggers are gone",
    before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
CREATE VIEW v AS SELECT id FROM t;
CREATE TRIGGER v_insert INSTEAD OF INSERT ON v BEGIN INSERT INTO t (id) VALUES (NEW.id); END;`,
    rows: "INSERT INTO t VALUES (1, 'a')",
    after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
CREATE VIEW v AS SELECT id, a FROM t;
CREATE TRIGGER v_insert INSTEAD OF INSERT ON v BEGIN INSERT INTO t (id) VALUES (NEW.id); END;`,
    keeps: "SELECT sql FROM sqlite_schema WHERE type = 'trigger'",
    generates: [
      "DROP VIEW v",
      "CREATE VIEW v AS SELECT id, a FROM t",
      "CREATE TRIGGER v_insert INSTEAD OF INSERT ON v BEGIN INSERT INTO t (id) VALUES (NEW.id); END",
    ],
  },
  {
    issue: "tursodatabase/turso#8421",
    wrong: "the old table is renamed away, and the keys of children follow it",
    before: `CREATE TABLE node (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES node (id));
CREATE TABLE leaf (node INTEGER REFERENCES node (id));`,
    rows: "INSERT INTO node VALUES (1, NULL), (2, 1); INSERT INTO leaf VALUES (2)",
    after:
      `CREATE TABLE node (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES node (id), x UNIQUE);
CREATE TABLE leaf (node INTEGER REFERENCES node (id));`,
    keeps: "SELECT id, parent, node FROM node, leaf",
    generates: [
      "CREATE TABLE node_new (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES node (id), x UNIQUE)",
      "INSERT INTO node_new (id, parent)",
      "DROP TABLE node",
      "ALTER TABLE node_new RENAME TO node",
    ],
  },
  {
    issue: "authelia V0007",
    wrong: "the copy leaves out a column that has a default",
    before: "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'x', g AS (a || '!') STORED)",
    rows: "INSERT INTO t VALUES (1, 'mine')",
    after:
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x', g AS (a || '!') STORED)",
    keeps: "SELECT * FROM t",
    generates: [
      "CREATE TEMP TABLE guard (",
      "INSERT INTO temp.guard SELECT count(*) FROM t WHERE a IS NULL",
      "DROP TABLE temp.guard",
      "CREATE TABLE t_new (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x', g AS (a || '!') STORED)",
      "INSERT INTO t_new (id, a)",
      "DROP TABLE t",
      "ALTER TABLE t_new RENAME TO t",
    ],
  },
  {
    issue: "own probe: comments",
    wrong: "the comments in a table are gone",
    before: "CREATE TABLE t (a TEXT /* the first */, -- one, (two\n    b TEXT) /* end */ STRICT",
    rows: "INSERT INTO t VALUES ('1', 'x')",
    after: "CREATE TABLE t (a TEXT /* the first */, -- one, (two\n    b ANY) /* end */ STRICT",
    keeps: `SELECT a, b, (SELECT count(*) FROM sqlite_schema WHERE sql LIKE
      '%(a TEXT /* the first */, -- one, (two' || char(10) || '    b % /* end */ STRICT') FROM t`,
    generates: [
      "CREATE TABLE t_new (a TEXT /* the first */, -- one, (two",
      "INSERT INTO t_new (rowid, a, b)",
      "DROP TABLE t",
      "ALTER TABLE t_new RENAME TO t",
    ],
  },
  {
    issue: "own probe: a CHECK that names its table",
    wrong: "the rename leaves the temporary name in it, and no view may be there meanwhile",
    before: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, CHECK (t.a <> 'never'));
CREATE VIEW v AS SELECT a FROM t;
CREATE TRIGGER g AFTER UPDATE ON t BEGIN SELECT count(*) FROM t; END;`,
    rows: "INSERT INTO t VALUES (3, 'x')",
    after: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, CHECK (t.a <> 'never'));
CREATE VIEW v AS SELECT a FROM t;
CREATE TRIGGER g AFTER UPDATE ON t BEGIN SELECT count(*) FROM t; END;`,
    keeps: "SELECT t.*, v.a FROM t, v",
    refuses: "INSERT INTO t VALUES (4, 'never')",
    generates: [
      "DROP TRIGGER g",
      "DROP VIEW v",
      "CREATE TEMP TABLE guard (",
      "INSERT INTO temp.guard SELECT count(*) FROM (",
      "DROP TABLE temp.guard",
      `CREATE TABLE "t_new" (id INTEGER PRIMARY KEY, a TEXT UNIQUE, CHECK ("t_new".a <> 'never'))`,
      "INSERT INTO t_new (id, a)",
      "DROP TABLE t",
      "ALTER TABLE t_new RENAME TO t",
      "CREATE VIEW v AS SELECT a FROM t",
      "CREATE TRIGGER g AFTER UPDATE ON t BEGIN SELECT count(*) FROM t; END",
    ],
  },
  {
    issue: "own probe: the name of a dropped column",
    wrong: "a column that gets the name of a dropped one loses its values",
    before: "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT CHECK (a <> ''), b TEXT)",
    rows: "INSERT INTO t VALUES (1, 'kept', 'dropped')",
    after: "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT CHECK (b <> ''))",
    renames: ["t.a=t.b"],
    keeps: "SELECT count(*) FROM t",
    refuses: "INSERT INTO t SELECT 2, '' FROM t WHERE b = 'kept'",
    generates: [
      "ALTER TABLE t RENAME COLUMN b TO b_renamed",
      "ALTER TABLE t RENAME COLUMN a TO b",
      "CREATE TABLE t_new (id INTEGER PRIMARY KEY, b TEXT CHECK (b <> ''))",
      "INSERT INTO t_new (id, b)",
      "DROP TABLE t",
      "ALTER TABLE t_new RENAME TO t",
    ],
  },
  {
    issue: "own probe: rowid",
    wrong: "the row numbers of a table without an integer key change",
    before: "CREATE TABLE t (a TEXT, b TEXT)",
    rows: "INSERT INTO t VALUES ('1', 'x'), ('2', 'y'), ('3', 'z'); DELETE FROM t WHERE a = '2'",
    after: "CREATE TABLE t (a TEXT)",
    keeps: "SELECT rowid, a FROM t",
    generates: [
      "CREATE TABLE t_new (a TEXT)",
      "INSERT INTO t_new (rowid, a)",
      "DROP TABLE t",
      "ALTER TABLE t_new RENAME TO t",
    ],
  },
  {
    issue: "own probe: drop in place",
    wrong: "a file that requires a newer SQLite rebuilds all the same",
    before: "CREATE TABLE t (a TEXT, b TEXT)",
    rows: "INSERT INTO t VALUES ('1', 'x')",
    after: "CREATE TABLE t (a TEXT)",
    requires: [3, 35, 0],
    keeps: "SELECT rowid, a FROM t",
    generates: ["ALTER TABLE t DROP COLUMN b"],
  },
];
