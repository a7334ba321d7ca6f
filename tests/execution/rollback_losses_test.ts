// What a rollback costs: rows and values that came since the UP and go with the DOWN are counted,
// warned of, and backed up first.

import * as assert from "uvu/assert";
import type { DataLossMessage } from "../../lib/message/reply.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { type Files, Workspace } from "../support/workspace.ts";

const costs = suite("losses of a rollback");

const BASE = migrationFile(
  "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x');",
  "DROP TABLE t;",
);

interface Case {
  readonly name: string;
  readonly up: string;
  /** What people write before the rollback. */
  readonly since: string;
  readonly down: string;
  readonly preamble?: string;
  readonly losses: readonly DataLossMessage[];
  /** Codes of the warnings about losses. */
  readonly warnings: readonly string[];
  /** SQL that finds in the backup what is gone, and what it finds. */
  readonly saved: readonly [sql: string, found: string];
}

const CASES: readonly Case[] = [
  {
    name: "rows of a table that the UP made and the DOWN drops",
    up: "CREATE TABLE u (a);",
    since: "INSERT INTO u VALUES (1), (2), (3)",
    down: "DROP TABLE u;",
    losses: [{ kind: "rows", table: "u", rows: 3 }],
    warnings: ["drop-table"],
    saved: ["SELECT count(*) FROM u", "3"],
  },
  {
    name: "rows of a table that the UP filled, those of the UP too",
    up: "CREATE TABLE u (a); INSERT INTO u VALUES (0);",
    since: "INSERT INTO u VALUES (1)",
    down: "DROP TABLE u;",
    losses: [{ kind: "rows", table: "u", rows: 2 }],
    warnings: ["drop-table"],
    saved: ["SELECT group_concat(a) FROM u", "0,1"],
  },
  {
    name: "rows that a DELETE takes with those of the UP",
    up: "INSERT INTO t VALUES (100, 'seed');",
    since: "INSERT INTO t VALUES (101, 'written since')",
    down: "DELETE FROM t WHERE id >= 100;",
    losses: [{ kind: "rows", table: "t", rows: 2 }],
    warnings: ["delete-rows"],
    saved: ["SELECT a FROM t WHERE id = 101", "written since"],
  },
  {
    name: "values of a column that the UP added",
    up: "ALTER TABLE t ADD COLUMN b TEXT;",
    since: "UPDATE t SET b = 'kept'",
    down: "ALTER TABLE t DROP COLUMN b;",
    preamble: "-- requires: sqlite >= 3.35.0",
    losses: [{ kind: "values", table: "t", column: "b", values: 1 }],
    warnings: ["drop-column"],
    saved: ["SELECT b FROM t", "kept"],
  },
  {
    name: "rows that a rebuild leaves out",
    up: "CREATE INDEX i ON t (a);",
    since: "INSERT INTO t VALUES (2, NULL), (3, NULL)",
    down: `DROP INDEX i;
CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT NOT NULL);
INSERT INTO n SELECT * FROM t WHERE a IS NOT NULL;
DROP TABLE t;
ALTER TABLE n RENAME TO t;`,
    losses: [{ kind: "rows", table: "t", rows: 2 }],
    warnings: ["delete-rows"],
    saved: ["SELECT count(*) FROM t", "3"],
  },
  {
    name: "rows that replace each other under an older key",
    up: "CREATE INDEX i ON t (a);",
    since: "INSERT INTO t VALUES (2, 'x')",
    down: `DROP INDEX i;
CREATE TABLE n (id INTEGER PRIMARY KEY, a TEXT UNIQUE);
INSERT OR REPLACE INTO n SELECT * FROM t;
DROP TABLE t;
ALTER TABLE n RENAME TO t;`,
    losses: [{ kind: "rows", table: "t", rows: 1 }],
    warnings: ["delete-rows"],
    saved: ["SELECT count(*) FROM t", "2"],
  },
  {
    name: "values that an UPDATE puts back to what they were before",
    up: "UPDATE t SET a = 'new';",
    since: "UPDATE t SET a = 'written since'",
    down: "UPDATE t SET a = 'x';",
    losses: [{ kind: "values", table: "t", column: "a", values: 1 }],
    warnings: ["overwrite-values"],
    saved: ["SELECT a FROM t", "written since"],
  },
];

/** A database at version 2, to which people have written. */
async function written({ up, down, since, preamble = "" }: Case): Promise<Workspace> {
  const workspace = new Workspace();
  const files: Files = {
    "001_base.sql": BASE,
    "002_x.sql": migrationFile(up, down, preamble),
  };
  workspace.write("p", files);
  await workspace.apply("p");
  sqliteShell(workspace.database("p"), since);
  return workspace;
}

for (const each of CASES) {
  costs(`counts ${each.name}`, async () => {
    await using workspace = await written(each);
    const dry = await workspace.rollback("p", { dry_run: true });
    const { plan_hash } = dry;
    const reply = await workspace.rollback("p", { plan_hash });
    for (const { rolled_back_migrations, warnings } of [dry, reply]) {
      assert.equal(rolled_back_migrations[0]?.data_loss, each.losses);
      const destructive = warnings.filter(({ category }) => category === "destructive");
      assert.equal(destructive.map(({ code }) => code), each.warnings);
      assert.ok(destructive.every(({ level }) => level === "WARNING"));
    }
    assert.is(dry.backup, undefined);
    const [sql, found] = each.saved;
    assert.is(sqliteShell(reply.backup ?? "", sql), found);
  });
}

costs("counts those of every step, and makes one backup before the first loss", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_base.sql": BASE,
    "002_u.sql": migrationFile("CREATE TABLE u (a);", "DROP TABLE u;"),
    "003_index.sql": migrationFile("CREATE INDEX i ON t (a);", "DROP INDEX i;"),
    "004_v.sql": migrationFile("CREATE TABLE v (a);", "DROP TABLE v;"),
  });
  await workspace.apply("p");
  sqliteShell(
    workspace.database("p"),
    "INSERT INTO u VALUES (1), (2); INSERT INTO t VALUES (2, 'y');",
  );
  const lossesOf = (target_version: number, dry_run: boolean) =>
    workspace.rollback("p", { target_version, dry_run });
  const dry = await lossesOf(0, true);
  const reply = await lossesOf(0, false);
  const expected = [
    [4, []],
    [3, []],
    [2, [{ kind: "rows", table: "u", rows: 2 }]],
    [1, [{ kind: "rows", table: "t", rows: 2 }]],
  ];
  for (const { rolled_back_migrations } of [dry, reply]) {
    assert.equal(
      rolled_back_migrations.map(({ version, data_loss }) => [version, data_loss]),
      expected,
    );
  }
  const saved = "SELECT (SELECT count(*) FROM u) || ' ' || (SELECT count(*) FROM t)";
  assert.is(sqliteShell(reply.backup ?? "", saved), "2 2");
});

costs("backs up before a DOWN that comes from the log", async () => {
  const [dropping] = CASES;
  if (dropping === undefined) throw new Error("There is no case");
  await using workspace = await written(dropping);
  workspace.remove("p", "002_x.sql");
  const status = await workspace.status("p");
  assert.is(status.current_version, 2);
  const reply = await workspace.rollback("p");
  assert.equal(reply.rolled_back_migrations[0]?.data_loss, dropping.losses);
  assert.is(sqliteShell(reply.backup ?? "", "SELECT count(*) FROM u"), "3");
});

costs("has none where nothing was written since and the DOWN takes nothing", async () => {
  await using workspace = await written({
    name: "",
    up: "CREATE TABLE u (a);",
    since: "INSERT INTO t VALUES (2, 'y')",
    down: "DROP TABLE u;",
    losses: [],
    warnings: [],
    saved: ["", ""],
  });
  const reply = await workspace.rollback("p");
  assert.equal([reply.rolled_back_migrations[0]?.data_loss, reply.backup], [[], undefined]);
});

costs.run();
