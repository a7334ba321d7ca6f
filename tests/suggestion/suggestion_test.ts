// Each finding with a suggestion: the file that it makes, applied, rolled back and applied again.

import * as assert from "uvu/assert";
import { call } from "../../lib/handler/dispatch.ts";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { assertCured, type Fault, findingsOf, Plugins } from "./cured_file.ts";

const suggestions = suite("suggestions");
const plugins = new Plugins();
const { workspace } = plugins;

const BASE = migrationFile(
  `CREATE TABLE quotes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author TEXT, -- who said it
    words TEXT NOT NULL,
    mood TEXT
);
CREATE INDEX quotes_author ON quotes (author);
CREATE INDEX quotes_words ON quotes (words COLLATE NOCASE DESC);
CREATE TABLE log (line TEXT);
CREATE TRIGGER quotes_log AFTER INSERT ON quotes BEGIN INSERT INTO log VALUES (new.words); END;
CREATE TABLE spare (id INTEGER PRIMARY KEY, line TEXT);
INSERT INTO spare VALUES (1, 's');
CREATE VIEW shown AS SELECT id, words FROM quotes;
INSERT INTO quotes (author, words, mood) VALUES ('Ada', '12', 'glad'), (NULL, 'b', NULL), ('x', 'c', 'y');
DELETE FROM quotes WHERE id = 3;`,
  "DROP VIEW shown; DROP TABLE spare; DROP TABLE log; DROP TABLE quotes;",
);

const ROWS = "SELECT id, author, words FROM quotes ORDER BY id";
const OTHERS = "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema" +
  " WHERE type <> 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name)";
const COLUMNS = "SELECT group_concat(name, ' ') FROM pragma_table_xinfo('quotes')";
const MARK = "SELECT seq FROM sqlite_sequence WHERE name = 'quotes'";
const ALL = "quotes_author quotes_log quotes_words shown";
const REBUILD = `CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, author TEXT,
    words TEXT NOT NULL, mood TEXT);
INSERT INTO sqlite_sequence (name, seq) SELECT 'n', seq FROM sqlite_sequence WHERE name = 'quotes';
INSERT INTO n (id, author, words, mood) SELECT id, author, words, mood FROM quotes;
DROP TABLE quotes;
ALTER TABLE n RENAME TO quotes;`;
const REST = `CREATE INDEX quotes_author ON quotes (author);
CREATE INDEX quotes_words ON quotes (words COLLATE NOCASE DESC);
CREATE TRIGGER quotes_log AFTER INSERT ON quotes BEGIN INSERT INTO log VALUES (new.words); END;`;

const FAULTS: readonly Fault[] = [
  {
    name: "DROP COLUMN is a rebuild, and nothing else of the table changes",
    base: BASE,
    file: migrationFile(
      "-- Moods are gone.\nALTER TABLE quotes DROP COLUMN mood; -- for good\nSELECT 1;",
      "ALTER TABLE quotes ADD COLUMN mood TEXT;",
      "-- Why.\n-- foreign-keys: off\n-- accept: down-loses-values quotes.mood because nobody has one",
    ),
    code: "alter-drop-column",
    after: [[ROWS, "1|Ada|12\n2||b"], [OTHERS, ALL], [COLUMNS, "id author words"], [MARK, "3"]],
    kept: [ROWS, OTHERS, MARK],
    has: [
      "-- Why.\n-- foreign-keys: off\n-- accept: ",
      "-- Moods are gone.\n",
      "-- for good\nSELECT 1;",
    ],
  },
  {
    name: "DROP COLUMN in DOWN alone",
    base: BASE,
    file: migrationFile(
      "ALTER TABLE quotes ADD COLUMN year INTEGER;",
      "ALTER TABLE quotes DROP COLUMN year;",
    ),
    code: "alter-drop-column",
    after: [[COLUMNS, "id author words mood year"], [OTHERS, ALL]],
    kept: [ROWS, COLUMNS, OTHERS, MARK],
    has: ["ALTER TABLE quotes ADD COLUMN year INTEGER;"],
  },
  {
    name: "DROP COLUMN takes the index over the column with it, and DOWN brings both back",
    base: BASE,
    file:
      "-- UP\nALTER TABLE quotes DROP COLUMN author;\nALTER TABLE quotes DROP COLUMN mood;\n-- DOWN\n",
    code: "sql-error",
    after: [
      ["SELECT id, words FROM quotes", "1|12\n2|b"],
      [OTHERS, "quotes_log quotes_words shown"],
      [COLUMNS, "id words"],
    ],
    kept: ["SELECT id, words FROM quotes", OTHERS, COLUMNS],
  },
  {
    name: "a type and a constraint of other databases, in one rebuild",
    base: BASE,
    file: migrationFile(
      `ALTER TABLE quotes ALTER COLUMN words TYPE NUMERIC(10, 2);
ALTER TABLE quotes ADD CONSTRAINT once UNIQUE (words, author);`,
      "ALTER TABLE quotes DROP CONSTRAINT once, ALTER COLUMN words SET DATA TYPE TEXT;",
    ),
    code: "alter-column",
    after: [
      ["SELECT words, typeof(words) FROM quotes ORDER BY id", "12|integer\nb|text"],
      ["SELECT count(*) FROM pragma_index_list('quotes') WHERE origin = 'u'", "1"],
      [OTHERS, ALL],
      [MARK, "3"],
    ],
    kept: [ROWS, OTHERS],
  },
  {
    name: "MODIFY, CHANGE and SET DEFAULT",
    base: BASE,
    file: migrationFile(
      `ALTER TABLE quotes CHANGE COLUMN author writer VARCHAR(20) DEFAULT 'x;y';
ALTER TABLE quotes MODIFY mood TEXT;
ALTER TABLE quotes ALTER mood SET DEFAULT -1;`,
      `ALTER TABLE quotes ALTER COLUMN mood DROP DEFAULT;
ALTER TABLE quotes CHANGE writer author TEXT;`,
    ),
    code: "alter-column",
    after: [
      ["SELECT id, writer FROM quotes ORDER BY id", "1|Ada\n2|"],
      ["INSERT INTO quotes (words) VALUES ('n') RETURNING id, writer, mood", "4|x;y|-1"],
      [
        "DELETE FROM quotes WHERE id = 4; DELETE FROM log WHERE line = 'n'; UPDATE sqlite_sequence SET seq = 3",
        "",
      ],
      [
        "SELECT sql FROM sqlite_schema WHERE name = 'quotes_author'",
        "CREATE INDEX quotes_author ON quotes (writer)",
      ],
    ],
    kept: [ROWS, OTHERS, COLUMNS],
  },
  {
    name: "ADD FOREIGN KEY",
    base: BASE,
    file: migrationFile(
      "CREATE TABLE votes (q INTEGER);\nINSERT INTO votes VALUES (1);\n" +
        "ALTER TABLE votes ADD CONSTRAINT of_quote FOREIGN KEY (q) REFERENCES quotes (id) ON DELETE CASCADE;",
      "DROP TABLE votes;",
    ),
    code: "alter-constraint",
    after: [
      [
        `SELECT "table", "from", on_delete FROM pragma_foreign_key_list('votes')`,
        "quotes|q|CASCADE",
      ],
      ["SELECT q FROM votes", "1"],
    ],
    kept: [ROWS],
  },
  {
    name: "ADD COLUMN that SQLite refuses while there are rows",
    base: BASE,
    file: migrationFile(
      "ALTER TABLE quotes ADD COLUMN said_at TEXT NOT NULL DEFAULT (date(0));",
      "ALTER TABLE quotes DROP COLUMN said_at;",
    ),
    code: "sql-error",
    after: [["SELECT id, said_at FROM quotes", "1|-4713-11-24\n2|-4713-11-24"], [OTHERS, ALL]],
    kept: [ROWS, COLUMNS, OTHERS],
  },
  {
    name: "indexes and triggers that a rebuild loses, both ways",
    base: BASE,
    file: migrationFile(
      REBUILD.slice(0, -1),
      REBUILD,
    ),
    code: "lost-index",
    after: [[ROWS, "1|Ada|12\n2||b"], [OTHERS, ALL], [MARK, "3"]],
    kept: [ROWS, OTHERS, MARK],
  },
  {
    name: "a trigger on a view that is replaced",
    base: migrationFile(
      `CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t;
CREATE TRIGGER "v's" INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (new.a); END;`,
      "DROP VIEW v; DROP TABLE t;",
    ),
    file: migrationFile(
      "DROP VIEW v; CREATE VIEW v AS SELECT a, 1 AS one FROM t;",
      "DROP VIEW v; CREATE VIEW v AS SELECT a FROM t;",
    ),
    code: "lost-trigger",
    after: [["INSERT INTO v (a) VALUES (7); SELECT a FROM t WHERE a = 7; DELETE FROM t", "7"]],
    kept: [OTHERS],
  },
  {
    name: "a column that the copy forgets",
    base: BASE,
    file: migrationFile(
      `${REBUILD.replaceAll("author, words, mood", "words")}\n${REST}`,
      `${REBUILD}\n${REST}`,
    ),
    code: "copy-forgets-column",
    after: [["SELECT id, author, words, mood FROM quotes", "1|Ada|12|glad\n2||b|"], [OTHERS, ALL]],
    kept: [ROWS, OTHERS, "SELECT mood FROM quotes"],
    has: ["INSERT INTO n (id, words, author, mood) SELECT id, words, author, mood FROM quotes;"],
  },
  {
    name: "columns of SELECT * in another order",
    base: BASE,
    file: migrationFile(
      `${
        REBUILD.replace("author TEXT,\n    words TEXT NOT NULL", "words TEXT NOT NULL, author TEXT")
          .replace("n (id, author, words, mood) SELECT id, author, words, mood", "n SELECT *")
      }\n${REST}`,
      `${REBUILD}\n${REST}`,
    ),
    code: "misplaced-columns",
    after: [[ROWS, "1|Ada|12\n2||b"], [COLUMNS, "id words author mood"]],
    kept: [ROWS, OTHERS],
  },
  {
    name: "a foreign key to columns that are not unique",
    base: BASE,
    file: migrationFile(
      "CREATE TABLE votes (a TEXT, w TEXT, FOREIGN KEY (a, w) REFERENCES quotes (author, words));",
      "DROP TABLE votes;",
    ),
    code: "foreign-key-mismatch",
    after: [
      [
        "PRAGMA foreign_keys = 1; INSERT INTO votes VALUES ('Ada', '12'); SELECT * FROM votes; DELETE FROM votes",
        "Ada|12",
      ],
    ],
    kept: [ROWS, OTHERS],
  },
  {
    name: "transaction control and pragmas that godwit sees to, in a rebuild that was copied",
    base: BASE,
    file: migrationFile(
      `PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION; -- all of it
SAVEPOINT s;
${REBUILD}
RELEASE s;
${REST}
COMMIT;
PRAGMA foreign_keys = on;`,
      `${REBUILD}\n${REST}`,
    ),
    code: "transaction-control",
    after: [[ROWS, "1|Ada|12\n2||b"], [OTHERS, ALL]],
    kept: [ROWS, OTHERS],
    has: ["-- UP\n -- all of it\nCREATE TABLE n "],
  },
  {
    name: "a rebuild that renames the old table away, and keys, views and triggers with it",
    base: migrationFile(
      `CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
CREATE TABLE c (p INTEGER REFERENCES p (id));
CREATE VIEW shown AS SELECT id, a FROM p;
CREATE INDEX p_a ON p (a);
INSERT INTO p VALUES (1, 'x', 'p_old'); INSERT INTO c VALUES (1);`,
      "DROP VIEW shown; DROP TABLE c; DROP TABLE p;",
    ),
    file: migrationFile(
      `ALTER TABLE p RENAME TO p_old; -- aside
CREATE TABLE "p" (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
INSERT INTO p (id, a, b) SELECT p_old.id, a, 'p_old' FROM p_old;
DROP TABLE p_old;`,
      "SELECT 1;",
    ),
    code: "dangling-foreign-key",
    after: [
      ["SELECT * FROM p; SELECT * FROM shown", "1|x|p_old\n1|x"],
      [`SELECT "table" FROM pragma_foreign_key_list('c')`, "p"],
      ["SELECT count(*) FROM pragma_index_list('p')", "1"],
    ],
    kept: null,
    has: [
      "INSERT INTO p_new (id, a, b) SELECT p.id, a, 'p_old' FROM p;\nDROP TABLE p;\n",
      "ALTER TABLE p_new RENAME TO p;",
    ],
  },
  {
    name: "DROP COLUMN with a release that has it, of a column with an index",
    base: BASE,
    file: migrationFile(
      "ALTER TABLE quotes DROP COLUMN author;",
      "ALTER TABLE quotes ADD COLUMN author TEXT;",
      "-- requires: sqlite >= 3.35.0",
    ),
    code: "sql-error",
    after: [[OTHERS, "quotes_log quotes_words shown"], [COLUMNS, "id words mood"]],
    kept: [OTHERS, MARK, "SELECT id, words, mood FROM quotes"],
    has: [
      "DROP INDEX quotes_author;\n",
      "\nALTER TABLE quotes DROP COLUMN author;\n",
      "ADD COLUMN author TEXT;\n\n-- Indexes.\nCREATE INDEX quotes_author ON quotes (author);",
    ],
  },
  {
    name: "a DOWN that leaves something",
    base: BASE,
    file: migrationFile(
      "CREATE TABLE a (x); CREATE INDEX a_x ON a (x); CREATE VIEW b AS SELECT x FROM a; DROP VIEW shown;",
      "DROP TABLE a",
    ),
    code: "incomplete-down",
    after: [["SELECT * FROM b", ""]],
    kept: [OTHERS],
  },
];

for (const fault of FAULTS) suggestions(fault.name, () => assertCured(plugins, fault));

const HOSTILE: readonly Fault[] = [
  {
    name: "names that need quotes",
    base: migrationFile(
      `CREATE TABLE "my ""table" ("the key" INTEGER PRIMARY KEY, "a,b" TEXT, [select] TEXT, \`d;\` INT);
CREATE INDEX "i x" ON "my ""table" ("a,b");
INSERT INTO "my ""table" VALUES (1, 'x', 'y', 3);`,
      `DROP TABLE "my ""table";`,
    ),
    file: migrationFile(
      `ALTER TABLE "my ""table" DROP COLUMN "d;";\nALTER TABLE "my ""table" ALTER COLUMN [select] TYPE INT;`,
      `ALTER TABLE "my ""table" ALTER COLUMN "select" TYPE TEXT; ALTER TABLE "my ""table" ADD COLUMN \`d;\` INT;`,
    ),
    code: "alter-drop-column",
    after: [[`SELECT * FROM "my ""table"`, "1|x|y"], [
      "SELECT count(*) FROM pragma_index_list('my \"table')",
      "1",
    ]],
    kept: [`SELECT "the key", "a,b", "select" FROM "my ""table"`],
  },
  {
    name: "a table called up, in a text and a comment that read like markers",
    base: migrationFile(
      "CREATE TABLE up (id INTEGER PRIMARY KEY, a TEXT, b TEXT);\nINSERT INTO up VALUES (1, '\n-- DOWN\n', 'x');",
      "DROP TABLE up;",
    ),
    file: migrationFile("ALTER TABLE up DROP COLUMN b;", "ALTER TABLE up ADD COLUMN b TEXT;"),
    code: "alter-drop-column",
    after: [["SELECT id, length(a) FROM up", "1|9"]],
    kept: ["SELECT id, a FROM up"],
  },
  {
    name: "WITHOUT ROWID and STRICT",
    base: migrationFile(
      `CREATE TABLE t (k TEXT PRIMARY KEY, a INT, b ANY) WITHOUT ROWID, STRICT;
INSERT INTO t VALUES ('x', 1, 'q');`,
      "DROP TABLE t;",
    ),
    file: migrationFile("ALTER TABLE t ALTER a TYPE TEXT;", "ALTER TABLE t ALTER a TYPE INT;"),
    code: "alter-column",
    after: [
      ["SELECT k, a, typeof(a), b FROM t", "x|1|text|q"],
      ["SELECT wr, strict FROM pragma_table_list('t')", "1|1"],
    ],
    kept: ["SELECT k, a, typeof(a), b FROM t"],
  },
  {
    name: "generated columns",
    base: migrationFile(
      `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT AS (a * 2) STORED, c INT, d INT AS (a + 1));
INSERT INTO t (id, a, c) VALUES (1, 4, 5);`,
      "DROP TABLE t;",
    ),
    file: migrationFile("ALTER TABLE t DROP COLUMN c;", "ALTER TABLE t ADD COLUMN c INT;"),
    code: "alter-drop-column",
    after: [["SELECT id, a, b, d FROM t", "1|4|8|5"]],
    kept: ["SELECT id, a, b, d FROM t"],
  },
  {
    name: "row numbers, children and a key to the table itself",
    base: migrationFile(
      `CREATE TABLE p (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES p (id), x INT);
CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE);
CREATE TABLE plain (a, b);
INSERT INTO p VALUES (1, NULL, 9), (2, 1, 9); INSERT INTO c VALUES (1), (2);
INSERT INTO plain (rowid, a, b) VALUES (5, 'a', 'b');`,
      "DROP TABLE plain; DROP TABLE c; DROP TABLE p;",
    ),
    file: migrationFile(
      "ALTER TABLE p DROP COLUMN x;\nALTER TABLE plain DROP COLUMN b;",
      "ALTER TABLE plain ADD COLUMN b; ALTER TABLE p ADD COLUMN x INT;",
    ),
    code: "alter-drop-column",
    after: [
      ["SELECT * FROM p; SELECT * FROM c; SELECT rowid, a FROM plain", "1|\n2|1\n1\n2\n5|a"],
      ["SELECT * FROM pragma_foreign_key_check", ""],
    ],
    kept: ["SELECT id, parent FROM p; SELECT * FROM c; SELECT rowid, a FROM plain"],
  },
  {
    name: "several faults of several kinds in one file, and the rest of it stays",
    base: BASE,
    file: migrationFile(
      `/* all */ ALTER TABLE quotes DROP COLUMN mood; /* of */ UPDATE quotes SET author = 'ALTER TABLE';
ALTER TABLE quotes ALTER COLUMN author SET NOT NULL;
CREATE TABLE n (id INTEGER PRIMARY KEY, line TEXT);
INSERT INTO n (id) SELECT id FROM spare;
DROP TABLE spare; ALTER TABLE n RENAME TO spare;
-- this`,
      "SELECT 1",
    ),
    code: "alter-drop-column",
    after: [[ROWS, "1|ALTER TABLE|12\n2|ALTER TABLE|b"], ["SELECT line FROM spare", "s"], [
      OTHERS,
      ALL,
    ]],
    kept: null,
    has: [
      "/* all */ -- quotes",
      "/* of */ UPDATE quotes SET author = 'ALTER TABLE';\n",
      "-- this\n",
    ],
  },
];

for (const fault of HOSTILE) suggestions(fault.name, () => assertCured(plugins, fault));

/** The codes of the findings with a suggestion, for a second file. */
async function suggestedFor(base: string, file: string): Promise<readonly string[]> {
  const plugin = plugins.add(base);
  workspace.write(plugin, { "002_fault.sql": file });
  return (await findingsOf(workspace, plugin)).filter(({ suggestion }) => suggestion !== undefined)
    .map(({ code }) => code);
}

suggestions(
  "nothing is suggested that would be refused itself, or of which the meaning is not clear",
  async () => {
    const files = [
      // A view reads the column.
      migrationFile("ALTER TABLE quotes DROP COLUMN words;", "SELECT 1;"),
      migrationFile("ALTER TABLE quotes DROP COLUMN id;", "SELECT 1;"),
      migrationFile("ALTER TABLE quotes DROP COLUMN nothing;", "SELECT 1;"),
      migrationFile("ALTER TABLE quotes DROP COLUMN mood CASCADE;", "SELECT 1;"),
      // Values have to come from somewhere.
      migrationFile("ALTER TABLE quotes ADD COLUMN y TEXT NOT NULL;", "SELECT 1;"),
      migrationFile("ALTER TABLE quotes ALTER mood TYPE INT USING length(mood);", "SELECT 1;"),
      migrationFile("ALTER TABLE quotes MODIFY mood TEXT AFTER id;", "SELECT 1;"),
      // What is undone would be kept, and actions would not fire.
      migrationFile("BEGIN; DELETE FROM log; ROLLBACK;", "SELECT 1;"),
      migrationFile("PRAGMA foreign_keys = ON; DELETE FROM spare;", "SELECT 1;"),
      migrationFile("PRAGMA journal_mode = WAL;", "SELECT 1;"),
      // Nothing would be left.
      migrationFile("PRAGMA foreign_keys = OFF;", "SELECT 1;"),
      // Another error stays.
      migrationFile("ALTER TABLE quotes DROP COLUMN mood; SELECT nothing;", "SELECT 1;"),
      migrationFile("ALTER TABLE quotes DROP COLUMN mood;", "SELECT nothing;"),
      migrationFile("SELEKT 1;", "SELECT 1;"),
    ];
    for (const file of files) assert.equal(await suggestedFor(BASE, file), [], file);
  },
);

suggestions(
  "files before the faulty one are replayed as they run, and their rows are not written",
  async () => {
    const plugin = plugins.add(BASE);
    const many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000000)";
    const temporary = "CREATE TEMP TABLE s (x); INSERT INTO s SELECT id FROM quotes;";
    workspace.write(plugin, {
      "002_fill.sql": migrationFile(
        `${temporary} ${many} INSERT INTO log SELECT i FROM n;`,
        "SELECT 1;",
      ),
      "003_again.sql": migrationFile(
        `${temporary} CREATE TABLE extra (x, y);`,
        "DROP TABLE extra;",
      ),
      "004_fault.sql": migrationFile("ALTER TABLE extra DROP COLUMN y;", "SELECT 1;"),
    });
    const { context } = await workspace.migrator();
    const reply = await call("check", plugin, {}, context);
    const errors = reply.success ? [] : reply.errors;
    const fault = errors.find(({ code }) => code === "alter-drop-column");
    assert.match(fault?.suggestion?.up ?? "", /CREATE TABLE extra_new \(x\)/);
  },
);

suggestions("what a file accepts is not cured", async () => {
  const accepting = migrationFile(
    `${REBUILD}\nCREATE INDEX quotes_words ON quotes (words COLLATE NOCASE DESC);`,
    `${REBUILD}\n${REST}`,
    "-- accept: lost-index quotes_author because it is not used",
  );
  const plugin = plugins.add(BASE);
  workspace.write(plugin, { "002_fault.sql": accepting });
  const found = await findingsOf(workspace, plugin);
  const suggested = found.filter(({ suggestion }) => suggestion !== undefined);
  assert.equal(suggested.map(({ code, subject }) => [code, subject]), [[
    "lost-trigger",
    "quotes_log",
  ]]);
  assert.not.match(suggested[0]?.suggestion?.up ?? "", /CREATE INDEX quotes_author/);
});

suggestions("values that are lost on purpose are not copied", async () => {
  for (const code of ["lose-values", "copy-forgets-column"]) {
    const file = migrationFile(
      `${REBUILD.replaceAll("author, words, mood", "words")}\n${REST}`,
      `${REBUILD}\n${REST}`,
      `-- accept: ${code} quotes.mood because nobody has one`,
    );
    const plugin = plugins.add(BASE);
    workspace.write(plugin, { "002_fault.sql": file });
    const found = (await findingsOf(workspace, plugin)).find(({ suggestion }) =>
      suggestion !== undefined
    );
    assert.is(found?.subject, "quotes.author");
    assert.match(found?.suggestion?.up ?? "", /INSERT INTO n \(id, words, author\)/);
  }
});

suggestions("a file whose DOWN has a comment alone is meant to be irreversible", async () => {
  const file = "-- UP\nALTER TABLE quotes DROP COLUMN mood;\n-- DOWN\n-- There is no way back.\n";
  const plugin = plugins.add(BASE);
  workspace.write(plugin, { "002_fault.sql": file });
  const [found] = await findingsOf(workspace, plugin);
  assert.is(found?.suggestion?.down, "-- There is no way back.\n");
});

suggestions(
  "an apply that is committed suggests nothing for the file, a dry run does",
  async () => {
    const plugin = plugins.add(BASE);
    await workspace.apply(plugin);
    workspace.write(plugin, { "002_fault.sql": migrationFile(REBUILD, `${REBUILD}\n${REST}`) });
    const has = (warnings: readonly { readonly suggestion?: unknown }[]): boolean =>
      warnings.some(({ suggestion }) => suggestion !== undefined);
    assert.ok(has((await workspace.status(plugin)).pending_warnings));
    assert.ok(has((await workspace.apply(plugin, { dry_run: true })).warnings));
    assert.not(has((await workspace.apply(plugin)).warnings));
    assert.not(has((await workspace.rollback(plugin, { dry_run: true })).warnings));
  },
);

suggestions.after(() => workspace[Symbol.asyncDispose]());
suggestions.run();
