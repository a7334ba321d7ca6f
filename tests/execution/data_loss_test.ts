// What a reply says of losses: measured on the real rows, warned of, and backed up first.

import * as assert from "uvu/assert";
import type { DataLossMessage } from "../../lib/message/reply.ts";
import { migrationFile } from "../support/migration_file.ts";
import { forAll } from "../support/random.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const losses = suite("data loss");

const BASE = migrationFile(
  `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
CREATE TABLE empty (a TEXT);
INSERT INTO t VALUES (1, 'x', 'y'), (2, 'z', NULL), (3, NULL, NULL);`,
  "SELECT 1;",
);

interface Loss {
  readonly data_loss: readonly DataLossMessage[];
  readonly warnings: readonly string[];
  readonly backup: string | undefined;
}

async function lossOf(sql: string, preamble = "", base = ""): Promise<Loss> {
  await using workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE.replace("-- DOWN", `${base}\n-- DOWN`) });
  await workspace.apply("p");
  workspace.write("p", { "002_x.sql": migrationFile(sql, "SELECT 1;", preamble) });
  const reply = await workspace.apply("p");
  return {
    data_loss: reply.applied_migrations[0]?.data_loss ?? [],
    warnings: reply.warnings.map(({ code, message, line }) => `${code} ${line}: ${message}`),
    backup: reply.backup,
  };
}

const rows = (count: number): DataLossMessage => ({ kind: "rows", table: "t", rows: count });
const values = (column: string, count: number): DataLossMessage => ({
  kind: "values",
  table: "t",
  column,
  values: count,
});

losses("DROP TABLE loses its rows; an empty table is a warning without a loss", async () => {
  const full = await lossOf("SELECT 1;\nDROP TABLE t;");
  assert.equal(full.data_loss, [rows(3)]);
  assert.equal(full.warnings, ['drop-table 3: Drops the table "t" with 3 rows']);
  assert.ok(full.backup);
  const empty = await lossOf("DROP TABLE empty;");
  assert.equal([empty.data_loss, empty.backup], [[], undefined]);
  assert.equal(empty.warnings, ['drop-table 2: Drops the table "empty" with 0 rows']);
});

losses("DROP COLUMN loses the values that are not NULL", async () => {
  const { data_loss, warnings, backup } = await lossOf(
    "ALTER TABLE t DROP COLUMN a;",
    "-- requires: sqlite >= 3.35.0",
  );
  assert.equal(data_loss, [{ kind: "values", table: "t", column: "a", values: 2 }]);
  assert.equal(warnings, ['drop-column 3: Drops the column "a" of "t" with 2 values']);
  assert.ok(backup);
});

losses("a rebuild that copies fewer rows and columns loses them", async () => {
  const { data_loss, warnings } = await lossOf(
    `CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT);
INSERT INTO n SELECT id, a FROM t WHERE a IS NOT NULL;
DROP TABLE t;
ALTER TABLE n RENAME TO t;`,
  );
  assert.equal(data_loss, [rows(1), { kind: "values", table: "t", column: "b", values: 1 }]);
  assert.equal(warnings, [
    'drop-column 4: Drops the column "b" of "t" with 1 value',
    'delete-rows 4: Deletes 1 row of "t"',
  ]);
});

losses("DELETE is counted also where new rows take the place", async () => {
  assert.equal((await lossOf("DELETE FROM t WHERE id > 1;")).data_loss, [rows(2)]);
  assert.equal(
    (await lossOf("DELETE FROM t; INSERT INTO t (id) VALUES (7), (8), (9);")).data_loss,
    [
      rows(3),
    ],
  );
  assert.equal((await lossOf("DELETE FROM t WHERE id = 99;")).data_loss, []);
});

losses("rows that go by a conflict or by a trigger are counted, and backed up first", async () => {
  for (
    const sql of [
      "CREATE UNIQUE INDEX i ON t (a); INSERT OR REPLACE INTO t VALUES (9, 'x', 'new');",
      "CREATE TRIGGER tr AFTER UPDATE ON t BEGIN DELETE FROM t WHERE id = 3; END;" +
      " UPDATE t SET b = 'new' WHERE id = 2;",
    ]
  ) {
    const { data_loss, backup, warnings } = await lossOf(sql);
    assert.equal(data_loss, [rows(1)], sql);
    assert.ok(backup, sql);
    assert.match(warnings.join(), 'Deletes 1 row of "t"');
  }
});

losses("rows that go are counted also where the same statement makes new ones", async () => {
  for (
    const sql of [
      "CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t RENAME TO s;" +
      " REPLACE INTO s VALUES (9, 'x', 'new');",
      "CREATE TABLE n (a); INSERT INTO n VALUES (1);" +
      " CREATE TRIGGER tr AFTER DELETE ON n BEGIN DELETE FROM t WHERE id = 3;" +
      " INSERT INTO t VALUES (10, 'x', 'y'); END; DELETE FROM n;",
    ]
  ) {
    const { data_loss, backup, warnings } = await lossOf(sql);
    assert.equal(data_loss, [rows(1)], sql);
    assert.ok(backup, sql);
    assert.match(warnings.join(), 'Deletes 1 row of "t"');
  }
});

losses("an overwrite is named by table and column, counted, and backed up first", async () => {
  for (
    const [sql, expected, warning] of [
      [
        "SELECT 1;\nUPDATE t SET a = 'gone';",
        [values("a", 2)],
        "overwrite-values 3: Overwrites 2 values",
      ],
      [
        "INSERT INTO t VALUES (1, 'new', 'y') ON CONFLICT (id) DO UPDATE SET a = excluded.a;",
        [values("a", 1)],
        "overwrite-values 2: Overwrites 1 value",
      ],
      [
        "REPLACE INTO t VALUES (1, 'new', 'y');",
        [values("a", 1)],
        "overwrite-values 2: Overwrites 1 value",
      ],
    ] as const
  ) {
    const { data_loss, warnings, backup } = await lossOf(sql);
    assert.equal(data_loss, expected, sql);
    assert.equal(warnings, [`${warning} of "a" of "t"`]);
    assert.ok(backup, sql);
  }
});

losses("a column that lost values in two ways has one entry and two warnings", async () => {
  const { data_loss, warnings } = await lossOf(
    "UPDATE t SET a = CASE id WHEN 1 THEN NULL ELSE 'new' END;",
  );
  assert.equal(data_loss, [values("a", 2)]);
  assert.equal(warnings, [
    'lose-values 2: Loses 1 value of "a" of "t", which is kept',
    'overwrite-values 2: Overwrites 1 value of "a" of "t"',
  ]);
});

losses("copies that outgrow their cache go to a file that leaves nothing behind", async () => {
  await using workspace = new Workspace();
  const fill = "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 24000) " +
    "INSERT INTO t SELECT n, hex(zeroblob(500)), 'b' FROM c;";
  workspace.write("p", {
    "001_base.sql": migrationFile(`CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); ${fill}`),
    "002_x.sql": migrationFile("UPDATE t SET a = 'gone'; UPDATE t SET b = 'b';"),
  });
  const { applied_migrations: [, entry] } = await workspace.apply("p", { dry_run: true });
  assert.equal(entry?.data_loss, [values("a", 24_000)]);
  const files = [...Deno.readDirSync(workspace.dataDir)].map(({ name }) => name);
  assert.equal(files.filter((name) => name.startsWith("godwit-")), []);
});

losses("a rebuild that renames a column is a rename and no drop", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE });
  await workspace.apply("p");
  const sql = `CREATE TABLE n (id INTEGER PRIMARY KEY, title TEXT, b TEXT);
INSERT INTO n SELECT * FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t;`;
  workspace.write("p", { "002_x.sql": migrationFile(sql, "SELECT 1;") });
  const { applied_migrations: [entry], warnings } = await workspace.apply("p");
  assert.equal([entry?.data_loss, warnings], [[], []]);
  assert.equal(entry?.changes, [
    { change: "renamed", object: "column", table: "t", name: "title", detail: "was a" },
  ]);
});

losses("numbers that AUTOINCREMENT gives out again after a rebuild are named", async () => {
  const base = "CREATE TABLE s (id INTEGER PRIMARY KEY AUTOINCREMENT, a);" +
    " INSERT INTO s (a) VALUES (1), (2), (3); DELETE FROM s WHERE id > 1;";
  const rebuild = "CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, a);" +
    " INSERT INTO n SELECT * FROM s;";
  const end = "DROP TABLE s; ALTER TABLE n RENAME TO s;";
  const keep = "UPDATE sqlite_sequence SET seq = 3 WHERE name = 's';";
  const { warnings } = await lossOf(`${rebuild}\n${end}`, "", base);
  assert.is(warnings.length, 1);
  assert.match(warnings.join(), /^reused-numbers 3: .*the numbers 2 to 3 of deleted rows/);
  assert.equal((await lossOf(`${rebuild} ${end} ${keep}`, "", base)).warnings, []);
});

losses("rows of virtual tables are counted, also under another name", async () => {
  for (
    const [table, create] of [
      ["f", "CREATE VIRTUAL TABLE f USING fts5 (a); INSERT INTO f VALUES ('x'), ('y');"],
      [
        "r",
        "CREATE VIRTUAL TABLE r USING rtree (id, a, b); INSERT INTO r VALUES (1, 1, 2), (2, 1, 2);",
      ],
    ] as const
  ) {
    for (
      const [sql, gone] of [
        [`DELETE FROM ${table} WHERE rowid = 1;`, 1],
        [`DELETE FROM ${table};`, 2],
        [`ALTER TABLE ${table} RENAME TO g;\nDROP TABLE g;`, 2],
      ] as const
    ) {
      const { data_loss, warnings, backup } = await lossOf(sql, "", create);
      assert.equal(data_loss, [{ kind: "rows", table, rows: gone }], sql);
      assert.equal(warnings, [
        gone === 2 && sql.includes("DROP")
          ? `drop-table 3: Drops the table "${table}" with 2 rows`
          : `delete-rows 2: Deletes ${gone} row${gone === 1 ? "" : "s"} of "${table}"`,
      ]);
      assert.ok(backup, sql);
    }
    const renamed = await lossOf(`ALTER TABLE ${table} RENAME TO g;`, "", create);
    assert.equal([renamed.data_loss, renamed.warnings], [[], []]);
  }
});

losses("a table that is dropped is called by the name it had before", async () => {
  const { data_loss, warnings } = await lossOf("ALTER TABLE t RENAME TO g;\nDROP TABLE g;");
  assert.equal(data_loss, [rows(3)]);
  assert.equal(warnings, ['drop-table 3: Drops the table "t" with 3 rows']);
});

losses("a temporary table of the same name hides nothing, and is no loss", async () => {
  const temporary = "CREATE TEMP TABLE t (id, a, b);";
  assert.equal((await lossOf(`${temporary} DELETE FROM main.t WHERE id = 1;`)).data_loss, [
    rows(1),
  ]);
  assert.equal(
    (await lossOf(
      `${temporary} INSERT INTO temp.t VALUES (1, 2, 3), (2, 3, 4), (3, 4, 5);` +
        " DELETE FROM main.t; DROP TABLE temp.t;",
    )).data_loss,
    [rows(3)],
  );
  assert.equal((await lossOf(`${temporary} DROP TABLE main.t;`)).data_loss, [rows(3)]);
  for (
    const sql of [
      `${temporary} INSERT INTO t VALUES (7, 8, 9); DELETE FROM t;`,
      `${temporary} DROP TABLE t;`,
      `${temporary} ALTER TABLE t RENAME TO s; DROP TABLE s;`,
    ]
  ) {
    const { data_loss, warnings, backup } = await lossOf(sql);
    assert.equal([data_loss, warnings, backup], [[], [], undefined], sql);
  }
});

losses("values that vanish from a column that stays are counted, and backed up first", async () => {
  for (
    const [sql, expected, warning] of [
      [
        "UPDATE t SET a = NULL;",
        [values("a", 2)],
        'lose-values 2: Loses 2 values of "a" of "t", which is kept',
      ],
      [
        "ALTER TABLE t RENAME COLUMN a TO c; ALTER TABLE t RENAME TO s; UPDATE s SET c = NULL WHERE id = 1;",
        [values("a", 1)],
        'lose-values 2: Loses 1 value of "a" of "t", which is kept',
      ],
      [
        `CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
INSERT INTO n (id, b) SELECT id, b FROM t;
DROP TABLE t;
ALTER TABLE n RENAME TO t;`,
        [values("a", 2)],
        'copy-forgets-column 3: Rebuilding "t" does not copy "a", which the old table and the new ' +
        "one both have; add it to both lists of the INSERT; " +
        'lose-values 4: Loses 2 values of "a" of "t", which is kept',
      ],
      [
        "DELETE FROM t WHERE id = 1;\nUPDATE t SET a = NULL;",
        [rows(1), values("a", 1)],
        'delete-rows 2: Deletes 1 row of "t"; lose-values 3: Loses 1 value of "a" of "t", which is kept',
      ],
    ] as const
  ) {
    const { data_loss, warnings, backup } = await lossOf(sql);
    assert.equal(data_loss, expected, sql);
    assert.equal(warnings.join("; "), warning);
    assert.ok(backup, sql);
  }
});

losses("nothing that only adds, renames or updates is a loss", async () => {
  for (
    const sql of [
      "INSERT INTO t (a) VALUES ('more');",
      "UPDATE t SET b = 'y' WHERE id = 1; UPDATE t SET b = 'new' WHERE b IS NULL;",
      "ALTER TABLE t ADD COLUMN c TEXT;",
      "ALTER TABLE t RENAME COLUMN a TO c;",
      "ALTER TABLE t RENAME TO s;",
      "ALTER TABLE t RENAME TO s; ALTER TABLE s RENAME COLUMN b TO c; CREATE TABLE t (q);",
      "CREATE INDEX i ON t (a); DROP INDEX i;",
      "CREATE TABLE n (a); INSERT INTO n VALUES (1), (2); DELETE FROM n; DROP TABLE n;",
      "CREATE TEMP TABLE n AS SELECT * FROM t; DELETE FROM n; DROP TABLE n;",
    ]
  ) {
    const { data_loss, warnings, backup } = await lossOf(sql);
    assert.equal([data_loss, warnings, backup], [[], [], undefined], sql);
  }
});

losses("a column that is renamed and then dropped is lost under its first name", async () => {
  const { data_loss } = await lossOf(
    "ALTER TABLE t RENAME COLUMN a TO c; ALTER TABLE t RENAME TO s; ALTER TABLE s DROP COLUMN c;",
    "-- requires: sqlite >= 3.35.0",
  );
  assert.equal(data_loss, [{ kind: "values", table: "t", column: "a", values: 2 }]);
});

losses("names in another case and with quotes are followed", async () => {
  const { data_loss } = await lossOf(
    'CREATE TABLE "N e""w" (ID INTEGER PRIMARY KEY, A, B); INSERT INTO "n e""W" SELECT * FROM T;' +
      ' DROP TABLE T; ALTER TABLE "N E""W" RENAME TO T;',
  );
  assert.equal(data_loss, []);
});

losses("counts agree with what the shell counts, for any deletes", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE });
  await workspace.apply("p");
  const database = workspace.database("p");
  await forAll(15, async (random) => {
    const count = random.integer(0, 60);
    sqliteShell(
      database,
      `DELETE FROM t; INSERT INTO t (id, a) SELECT value, value % 7 FROM generate_series(1, ${count});`,
    );
    const statements = random.list(1, 4, () =>
      random.pick([
        `DELETE FROM t WHERE id % ${random.integer(2, 6)} = 0;`,
        `DELETE FROM t WHERE a = '${random.integer(0, 7)}';`,
        "UPDATE t SET b = a;",
      ]));
    workspace.write("p", { "002_x.sql": migrationFile(statements.join("\n"), "SELECT 1;") });
    const dry = await workspace.apply("p", { dry_run: true });
    const left = Number(
      sqliteShell(database, `BEGIN; ${statements.join(" ")} SELECT count(*) FROM t; ROLLBACK;`),
    );
    const expected = left === count ? [] : [rows(count - left)];
    assert.equal(dry.applied_migrations[0]?.data_loss, expected);
  });
});

losses.run();
