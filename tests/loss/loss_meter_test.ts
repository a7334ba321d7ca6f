// What is a loss: a row whose key is gone, and a value that is no longer in its row.

import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { lossesOf } from "./measured_step.ts";

const losses = suite("loss meter");

const T = `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
INSERT INTO t VALUES (1, 'x', 'y'), (2, 'z', NULL), (3, NULL, NULL);`;
const TEN = `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
INSERT INTO t SELECT value, 'a' || value FROM json_each('[1,2,3,4,5,6,7,8,9,10]');`;

/** A base, a migration, and its losses. */
type Case = readonly [base: string, sql: string, expected: readonly string[]];

function table(name: string, cases: readonly Case[]): void {
  losses(name, async () => {
    for (const [base, sql, expected] of cases) {
      assert.equal(await lossesOf(base, sql), expected, sql);
    }
  });
}

/** Rebuilds `t` with `columns`, from `select`. */
function rebuild(columns: string, select: string): string {
  return `CREATE TABLE n (${columns}); INSERT INTO n ${select}; DROP TABLE t; ALTER TABLE n RENAME TO t;`;
}

table("an UPDATE overwrites values, and loses those in whose place it writes NULL", [
  [T, "UPDATE t SET a = 'gone';", ["overwritten t.a 2"]],
  [T, "UPDATE t SET a = NULL;", ["values t.a 2"]],
  [
    `CREATE TABLE t (id INTEGER PRIMARY KEY, "" TEXT); INSERT INTO t VALUES (1, 'x');`,
    `UPDATE t SET "" = 'new';`,
    ["overwritten t. 1"],
  ],
  [T, "UPDATE t SET a = CASE id WHEN 1 THEN NULL ELSE 'new' END;", [
    "values t.a 1",
    "overwritten t.a 1",
  ]],
  [T, "UPDATE t SET a = a; UPDATE t SET a = 'new' WHERE a IS NULL;", []],
  [T, "UPDATE t SET a = 'new' WHERE id = 1; UPDATE t SET a = 'x' WHERE id = 1;", []],
  [T, "ALTER TABLE t ADD COLUMN c; UPDATE t SET c = 1; UPDATE t SET c = 2;", []],
]);

table("NULLs and values that change places are losses", [
  [T, "UPDATE t SET a = CASE id WHEN 3 THEN 'x' WHEN 1 THEN NULL ELSE a END;", ["values t.a 1"]],
  [T, "UPDATE t SET a = iif(a IS NULL, 'new', NULL);", ["values t.a 2"]],
]);

table("an UPSERT and a REPLACE overwrite; a row that another one displaces is lost", [
  [
    T,
    "INSERT INTO t VALUES (1, 'new', 'y') ON CONFLICT (id) DO UPDATE SET a = excluded.a;",
    ["overwritten t.a 1"],
  ],
  [T, "INSERT INTO t (id, a) VALUES (1, 'new') ON CONFLICT DO NOTHING;", []],
  [T, "REPLACE INTO t VALUES (1, 'x', 'new');", ["overwritten t.b 1"]],
  [T, "REPLACE INTO t (id, a) VALUES (1, 'x');", ["values t.b 1"]],
  [T, "REPLACE INTO t VALUES (9, 'new', 'new'); REPLACE INTO t VALUES (9, 'x', 'y');", []],
  [
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE ON CONFLICT REPLACE); INSERT INTO t VALUES (1, 'x');",
    "INSERT INTO t VALUES (2, 'x');",
    ["rows t 1"],
  ],
  [
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE); INSERT INTO t VALUES (1, 'x'), (2, 'y');",
    "UPDATE OR REPLACE t SET a = 'x' WHERE id = 2;",
    ["rows t 1", "overwritten t.a 1"],
  ],
  [
    T,
    "ALTER TABLE t ADD COLUMN c; CREATE UNIQUE INDEX i ON t (c); UPDATE OR REPLACE t SET c = 1;",
    ["rows t 2"],
  ],
  [
    `${T} CREATE TABLE log (a UNIQUE); INSERT INTO log VALUES (1);`,
    "CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT OR REPLACE INTO log VALUES (1), (1); END; INSERT INTO t (a) VALUES (1);",
    ["rows log 1"],
  ],
]);

table("rows are compared by key, so others do not make up for them", [
  [TEN, "DELETE FROM t WHERE id > 5;", ["rows t 5"]],
  [TEN, "DELETE FROM t WHERE id > 5; INSERT INTO t SELECT id + 20, a FROM t;", ["rows t 5"]],
  [
    TEN,
    rebuild(
      "id INTEGER PRIMARY KEY, a TEXT NOT NULL",
      "SELECT * FROM t WHERE id <= 5 UNION ALL SELECT id + 20, 'new' FROM t WHERE id > 5",
    ),
    ["rows t 5"],
  ],
  [TEN, "DELETE FROM t; INSERT INTO t VALUES (1, 'a1'), (2, 'new');", [
    "rows t 8",
    "overwritten t.a 1",
  ]],
  [
    TEN,
    "DROP TABLE t; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t SELECT value, 'b' || value FROM json_each('[1,2,3,4,5,6,7,8,9,10]');",
    ["values t.a 10"],
  ],
]);

table("a rebuild loses what its copy leaves out, whatever takes its place", [
  [
    T,
    rebuild("id INTEGER PRIMARY KEY, a TEXT DEFAULT 'none', b TEXT", "(id, b) SELECT id, b FROM t"),
    ["values t.a 2"],
  ],
  [T, rebuild("id INTEGER PRIMARY KEY, a TEXT, b TEXT NOT NULL", "SELECT id, a, '' FROM t"), [
    "values t.b 1",
  ]],
  [T, rebuild("id INTEGER PRIMARY KEY, a TEXT, b TEXT", "SELECT id, a, a FROM t"), [
    "values t.b 1",
  ]],
  [T, rebuild("id INTEGER PRIMARY KEY, a TEXT, b TEXT", "SELECT id, a, b FROM t WHERE id > 1"), [
    "rows t 1",
  ]],
  [T, rebuild("id INTEGER PRIMARY KEY, b TEXT", "SELECT id, b FROM t"), ["values t.a 2"]],
  [T, rebuild("id INTEGER PRIMARY KEY, c TEXT", "SELECT id, a FROM t WHERE a IS NULL"), [
    "rows t 2",
    "values t.a 2",
    "values t.b 1",
  ]],
  [T, "ALTER TABLE t DROP COLUMN a; DELETE FROM t WHERE id = 1;", ["rows t 1", "values t.a 2"]],
]);

table("a rebuild is followed in each of its forms", [
  [
    T,
    "ALTER TABLE t RENAME TO old; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t SELECT id, a, 'k' FROM old; DROP TABLE old;",
    ["values t.b 1"],
  ],
  [
    T,
    "CREATE TEMP TABLE k AS SELECT * FROM t; DROP TABLE t; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t SELECT id, a, NULL FROM k;",
    ["values t.b 1"],
  ],
  [
    T,
    rebuild("id INTEGER PRIMARY KEY, a TEXT, b TEXT", "SELECT id, a, b FROM t") +
    "UPDATE t SET a = 'gone';",
    ["values t.a 2"],
  ],
  [
    T,
    "UPDATE t SET a = 'gone';" +
    rebuild("id INTEGER PRIMARY KEY, a TEXT, b TEXT", "SELECT id, a, b FROM t"),
    ["values t.a 2"],
  ],
  [
    T,
    "CREATE TEMP TABLE k AS SELECT id, b FROM t;" +
    rebuild("id INTEGER PRIMARY KEY, a TEXT, b TEXT", "SELECT id, a, NULL FROM t") +
    "UPDATE t SET b = (SELECT k.b FROM k WHERE k.id = t.id);",
    [],
  ],
  [
    T,
    rebuild("id INTEGER PRIMARY KEY, a TEXT, b TEXT", "SELECT * FROM t") +
    "ALTER TABLE t RENAME COLUMN a TO title; UPDATE t SET title = upper(title);",
    ["values t.a 2"],
  ],
]);

table("values that moved to another column of their rows are not lost", [
  [T, rebuild("id INTEGER PRIMARY KEY, title TEXT, b TEXT", "SELECT * FROM t"), []],
  [T, rebuild("id INTEGER PRIMARY KEY, b TEXT, a TEXT", "SELECT id, a, b FROM t"), []],
  [T, "UPDATE t SET a = b, b = a;", []],
  [T, "ALTER TABLE t ADD COLUMN old_a; UPDATE t SET old_a = a; UPDATE t SET a = 'gone';", []],
  [
    T,
    "ALTER TABLE t ADD COLUMN c; UPDATE t SET c = a; ALTER TABLE t DROP COLUMN a;",
    [],
  ],
  [
    T,
    rebuild("id INTEGER PRIMARY KEY, title TEXT, b TEXT", "SELECT id, upper(a), b FROM t"),
    ["values t.a 2"],
  ],
  [
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 1), (2, 0);",
    "ALTER TABLE t ADD COLUMN c DEFAULT 1; UPDATE t SET a = 0;",
    ["overwritten t.a 1"],
  ],
  [
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); INSERT INTO t VALUES (1, 1, 1), (2, 2, 2);",
    "UPDATE t SET a = 'gone';",
    ["overwritten t.a 2"],
  ],
  [
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 'one two');",
    "ALTER TABLE t ADD COLUMN b; UPDATE t SET b = substr(a, 5), a = substr(a, 1, 3);",
    ["overwritten t.a 1"],
  ],
]);

const TYPED = `CREATE TABLE t (id INTEGER PRIMARY KEY, a);
INSERT INTO t VALUES (1, '007'), (2, '7'), (3, 7), (4, 7.5), (5, 'x'), (6, x'78'), (7, 9007199254740993);`;

table("a value that prints as before in another type is the same value", [
  [TYPED, rebuild("id INTEGER PRIMARY KEY, a TEXT", "SELECT id, CAST(a AS TEXT) FROM t"), []],
  [TYPED, rebuild("id INTEGER PRIMARY KEY, a INTEGER", "SELECT id, a FROM t"), ["values t.a 1"]],
  [TYPED, rebuild("id INTEGER PRIMARY KEY, a INTEGER", "SELECT id, CAST(a AS INTEGER) FROM t"), [
    "values t.a 4",
  ]],
  [TYPED, rebuild("id INTEGER PRIMARY KEY, a REAL", "SELECT id, a FROM t"), ["values t.a 2"]],
  [TYPED, "UPDATE t SET a = 7.0 WHERE id = 3;", []],
  [TYPED, "UPDATE t SET a = 'X' WHERE id = 5;", ["overwritten t.a 1"]],
  [
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE); INSERT INTO t VALUES (1, 'x');",
    "UPDATE t SET a = 'X';",
    ["overwritten t.a 1"],
  ],
]);

const PAIRS =
  `CREATE TABLE t (a TEXT COLLATE NOCASE, b INTEGER, c, PRIMARY KEY (a, b)) WITHOUT ROWID;
INSERT INTO t VALUES ('k', 1, 'x'), ('k', 2, 'y'), ('l', 1, NULL);`;
const PLAIN = `CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (1, 'x'), (2, NULL), (3, 'y');
DELETE FROM t WHERE rowid = 1;`;
const NAMED = `CREATE TABLE t (name TEXT PRIMARY KEY, a);
INSERT INTO t VALUES ('p', 1), ('q', 2), ('r', 3); DELETE FROM t WHERE name = 'p';`;

table("rows are found by any primary key, and by row number without one", [
  [PAIRS, "UPDATE t SET c = 'new' WHERE b = 1;", ["overwritten t.c 1"]],
  [PAIRS, "DELETE FROM t WHERE b = 1; INSERT INTO t VALUES ('K', 1, 'x');", [
    "rows t 1",
    "overwritten t.a 1",
  ]],
  [PAIRS, rebuild("b INTEGER, a TEXT, c, PRIMARY KEY (b, a)", "SELECT b, a, 1 FROM t"), [
    "values t.c 2",
  ]],
  [NAMED, rebuild("name TEXT PRIMARY KEY NOT NULL, a", "SELECT name, 0 FROM t"), ["values t.a 2"]],
  [NAMED, "UPDATE t SET name = name || '!';", ["overwritten t.name 2"]],
  [NAMED, rebuild("id INTEGER PRIMARY KEY, name TEXT, a", "(name, a) SELECT * FROM t"), []],
  [NAMED, rebuild("id INTEGER PRIMARY KEY, name TEXT, a", "(name) SELECT name FROM t"), [
    "values t.a 2",
  ]],
  [PLAIN, "UPDATE t SET b = 'new';", ["overwritten t.b 2"]],
  [PLAIN, "DELETE FROM t WHERE a = 1; INSERT INTO t VALUES (8, 9);", ["rows t 1"]],
]);

table("without a key, as many equal rows must be left", [
  [PLAIN, rebuild("a, b", "SELECT a, b FROM t ORDER BY a DESC"), []],
  [PLAIN, rebuild("a, b", "SELECT a, b FROM t WHERE a > 1 UNION ALL SELECT 8, 9"), ["rows t 1"]],
  [PLAIN, rebuild("a, b", "SELECT DISTINCT a, b FROM t"), []],
  [
    "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2), (1, 2), (3, 4);",
    rebuild("a, b", "SELECT DISTINCT a, b FROM t"),
    ["rows t 1"],
  ],
  [
    "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2), (3, 4);",
    rebuild("a, b", "SELECT a, 'k' FROM t"),
    ["values t.b 2"],
  ],
  [
    "CREATE TABLE t (name TEXT PRIMARY KEY, a); INSERT INTO t VALUES (NULL, 1), (NULL, 2), ('x', 3);",
    "DELETE FROM t WHERE a = 1;",
    ["rows t 1"],
  ],
  [
    "CREATE TABLE t (rowid, _rowid_, oid); INSERT INTO t VALUES (1, 2, 3), (4, 5, 6);",
    "UPDATE t SET oid = 7 WHERE rowid = 1;",
    ["overwritten t.oid 1"],
  ],
]);

table("rows whose keys are updated are not gone; their keys are overwritten", [
  [T, "UPDATE t SET id = id + 10;", ["overwritten t.id 3"]],
  [T, "UPDATE t SET id = id + 10 WHERE a = 'x'; DELETE FROM t WHERE id = 3;", [
    "rows t 1",
    "overwritten t.id 1",
  ]],
  [T, "UPDATE t SET rowid = rowid + 10;", ["overwritten t.id 3"]],
  [PAIRS, "UPDATE t SET b = 3 WHERE b = 1;", ["overwritten t.b 2"]],
  [PLAIN, "UPDATE t SET rowid = rowid + 10;", []],
  [T, "UPDATE t SET id = id, a = 'new';", ["overwritten t.a 2"]],
  [T, "UPDATE t SET id = id + 10, a = 'new';", ["overwritten t.id 3", "overwritten t.a 2"]],
  [
    T,
    "INSERT INTO t VALUES (1, 'new', 'y') ON CONFLICT (id) DO UPDATE SET id = excluded.id, a = excluded.a;",
    ["overwritten t.a 1"],
  ],
  [
    T,
    "UPDATE t SET id = id, a = 'new' WHERE id < 3; UPDATE t SET id = 9 WHERE id = 3; DELETE FROM t WHERE id = 2;",
    ["rows t 1", "overwritten t.a 1", "overwritten t.id 1"],
  ],
  [PAIRS, "UPDATE t SET a = a, b = b, c = 'new' WHERE b = 1;", ["overwritten t.c 1"]],
  [
    "CREATE VIRTUAL TABLE r USING rtree (id, a, b); INSERT INTO r VALUES (1, 1, 2), (2, 3, 4);",
    "UPDATE r SET id = 9 WHERE id = 2;",
    ["overwritten r.id 1"],
  ],
]);

table("generated columns follow from others; large values are compared whole", [
  [
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a, g AS (a * 2) STORED); INSERT INTO t (id, a) VALUES (1, 2);",
    rebuild("id INTEGER PRIMARY KEY, a", "SELECT id, a FROM t"),
    [],
  ],
  [
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, zeroblob(300000));",
    "UPDATE t SET a = CAST(substr(a, 2) || x'01' AS BLOB);",
    ["overwritten t.a 1"],
  ],
]);

table("rows of virtual tables are compared too", [
  [
    "CREATE VIRTUAL TABLE f USING fts5 (a, b); INSERT INTO f VALUES ('x', 'y'), ('z', 'w');",
    "UPDATE f SET a = 'new' WHERE rowid = 1;",
    ["overwritten f.a 1"],
  ],
  [
    "CREATE VIRTUAL TABLE f USING fts5 (a); INSERT INTO f VALUES ('x');",
    "REPLACE INTO f (rowid, a) VALUES (1, 'new');",
    ["overwritten f.a 1"],
  ],
  [
    "CREATE VIRTUAL TABLE r USING rtree (id, a, b, +c); INSERT INTO r VALUES (1, 1, 2, 'x');",
    "UPDATE r SET c = 'new';",
    ["overwritten r.c 1"],
  ],
  [
    "CREATE VIRTUAL TABLE f USING fts5 (a, content=''); INSERT INTO f (rowid, a) VALUES (1, 'x'), (5, 'y');",
    "INSERT INTO f (f) VALUES ('delete-all');",
    ["rows f 2"],
  ],
  [
    "CREATE VIRTUAL TABLE f USING fts5 (a, content=''); INSERT INTO f (rowid, a) VALUES (1, 'x'), (5, 'y');",
    "INSERT INTO f (f, rowid, a) VALUES ('delete', 5, 'y'); INSERT INTO f (rowid, a) VALUES (7, 'z');",
    ["rows f 1"],
  ],
  [
    `${T} CREATE VIRTUAL TABLE f USING fts5 (a, content='t', content_rowid='id'); INSERT INTO f (f) VALUES ('rebuild');`,
    "INSERT INTO f (f) VALUES ('delete-all');",
    [],
  ],
  [
    "CREATE VIRTUAL TABLE f USING fts5 (a, content='', columnsize=0); INSERT INTO f (rowid, a) VALUES (1, 'x');",
    "INSERT INTO f (rowid, a) VALUES (2, 'y'); DROP TABLE f;",
    [],
  ],
]);

const CONTENTLESS = "INSERT INTO f (rowid, b) VALUES (1, 'x y'), (5, 'y');";
const DELETABLE =
  `CREATE VIRTUAL TABLE f USING fts5 (b, content='', contentless_delete=1); ${CONTENTLESS}`;
const PLAIN_INDEX = `CREATE VIRTUAL TABLE f USING fts5 (b, content=''); ${CONTENTLESS}`;

table("texts that FTS5 does not store are compared by their tokens", [
  [DELETABLE, "UPDATE f SET b = 'gone';", ["overwritten f.b 2"]],
  [DELETABLE, "UPDATE f SET b = 'x y' WHERE rowid = 1;", []],
  [DELETABLE, "INSERT OR REPLACE INTO f (rowid, b) VALUES (1, 'gone'), (7, 'z');", [
    "overwritten f.b 1",
  ]],
  [DELETABLE, "DELETE FROM f; INSERT INTO f (rowid, b) VALUES (1, 'y x'), (5, 'y');", [
    "overwritten f.b 1",
  ]],
  [
    PLAIN_INDEX,
    "INSERT INTO f (f) VALUES ('delete-all'); INSERT INTO f (rowid, b) VALUES (1, 'x'), (5, 'y');",
    ["overwritten f.b 1"],
  ],
  [
    PLAIN_INDEX,
    "DROP TABLE f; CREATE VIRTUAL TABLE f USING fts5 (b, content=''); INSERT INTO f (rowid, b) VALUES (1, 'x y'), (5, '');",
    ["rows f 1"],
  ],
  [
    PLAIN_INDEX,
    "CREATE VIRTUAL TABLE n USING fts5 (b, content=''); INSERT INTO n (rowid, b) VALUES (1, 'x y'), (5, 'y'); DROP TABLE f; ALTER TABLE n RENAME TO f;",
    [],
  ],
  [
    PLAIN_INDEX.replace("content=''", "content='', detail=none"),
    "INSERT INTO f (f) VALUES ('delete-all'); INSERT INTO f (rowid, b) VALUES (1, 'x'), (5, 'y');",
    ["overwritten f.b 1"],
  ],
]);

losses("texts that FTS5 does not store are compared also where nothing was rehearsed", async () => {
  const sql = "UPDATE f SET b = 'gone' WHERE rowid = 1;";
  assert.equal(await lossesOf(DELETABLE, sql, "off", "unrehearsed"), ["overwritten f.b 1"]);
});

losses("the actions of foreign keys are followed where a file switches them on", async () => {
  const base = `CREATE TABLE author (id INTEGER PRIMARY KEY);
CREATE TABLE book (id INTEGER PRIMARY KEY, author REFERENCES author ON UPDATE CASCADE ON DELETE SET NULL);
INSERT INTO author VALUES (1), (2); INSERT INTO book VALUES (1, 1), (2, 2), (3, 2);`;
  assert.equal(await lossesOf(base, "DELETE FROM author WHERE id = 2;", "on"), [
    "rows author 1",
    "values book.author 2",
  ]);
  assert.equal(await lossesOf(base, "UPDATE author SET id = 9 WHERE id = 2;", "on"), [
    "overwritten author.id 1",
    "overwritten book.author 2",
  ]);
  const tree = `CREATE TABLE n (id INTEGER PRIMARY KEY, par REFERENCES n ON UPDATE CASCADE);
INSERT INTO n VALUES (1, NULL), (2, 1), (3, 1);`;
  assert.equal(await lossesOf(tree, "UPDATE n SET id = id + 10;", "on"), [
    "overwritten n.id 3",
    "overwritten n.par 2",
  ]);
});

losses(
  "a rebuild that is cut over steps is compared with the table that takes its place",
  async () => {
    const base = `${T} CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
INSERT INTO n SELECT id, a, 'k' FROM t;`;
    assert.equal(await lossesOf(base, "DROP TABLE t; ALTER TABLE n RENAME TO t;"), [
      "values t.b 1",
    ]);
  },
);

losses("what was renamed before a rebuild is found again in the rebuilt table", async () => {
  const rebuild = `CREATE TABLE n (id INTEGER PRIMARY KEY, c TEXT, b TEXT NOT NULL DEFAULT '');
INSERT INTO n (id, c) SELECT id, c FROM u; DROP TABLE u; ALTER TABLE n RENAME TO u;`;
  const renames = "ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME COLUMN a TO c;";
  const kept = rebuild.replaceAll(
    "(id, c) SELECT id, c",
    "(id, c, b) SELECT id, c, coalesce(b, '')",
  );
  assert.equal(await lossesOf(T, `${renames} ${kept}`), []);
  assert.equal(await lossesOf(T, `${renames} ${rebuild}`), ["values t.b 1"]);
});

losses.run();
