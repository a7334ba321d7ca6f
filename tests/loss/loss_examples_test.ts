// The rows and values that go are those that the comparison counts.

import * as assert from "uvu/assert";
import type { LossExamples, ShownValue, StepLosses } from "../../lib/loss/data_loss.ts";
import { forAll } from "../support/random.ts";
import { suite } from "../support/suite.ts";
import { drawMigration } from "./drawn_migration.ts";
import { describeLosses, measureStep, openMeasured } from "./measured_step.ts";

const examples = suite("loss examples");

const T = `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
INSERT INTO t VALUES (1, 'x', 'y'), (2, 'z', NULL), (3, NULL, NULL);`;
const KEYLESS = "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (1, 'x'), (2, 'y');";
const TWO_KEYS = `CREATE TABLE t (one, two, a, PRIMARY KEY (one, two)) WITHOUT ROWID;
INSERT INTO t VALUES (1, 'p', 'x'), (1, 'q', 'y');`;

/** A base, a migration, and what it loses. */
type Case = readonly [base: string, sql: string, expected: readonly string[]];

function table(name: string, cases: readonly Case[]): void {
  for (const known of ["rehearsed", "unrehearsed"] as const) {
    examples(`${name}, ${known}`, async () => {
      for (const [base, sql, expected] of cases) {
        const found = (await measure(base, sql, known, 20)).examples.flatMap(describe);
        assert.equal(found.toSorted(), expected.toSorted(), sql);
      }
    });
  }
}

async function measure(
  base: string,
  sql: string,
  known: "rehearsed" | "unrehearsed",
  limit: number,
): Promise<StepLosses> {
  using connection = openMeasured(base);
  return await measureStep(connection, sql, "off", known, limit);
}

function describe(found: LossExamples): readonly string[] {
  const named = (names: readonly string[], values: readonly ShownValue[]): string =>
    names.map((name, at) => `${name}=${values[at]?.text}`).join(" ");
  return found.kind === "rows"
    ? found.rows.map((row) => `${found.table}: ${named(found.columns, row)}`)
    : found.values.map(({ key, before, after }) =>
      `${found.table}.${found.column}: ${named(found.key, key)}: ${before.text}` +
      (after === null ? "" : ` → ${after.text}`)
    );
}

table("rows that are deleted are shown whole, as they were before the step", [
  [T, "DELETE FROM t WHERE id < 3;", ["t: id=1 a=x b=y", "t: id=2 a=z b=NULL"]],
  [T, "UPDATE t SET a = 'new' WHERE id = 1; DELETE FROM t WHERE id = 1;", ["t: id=1 a=x b=y"]],
  [T, "DELETE FROM t WHERE id = 1; INSERT INTO t VALUES (1, 'x', 'y');", []],
  [TWO_KEYS, "DELETE FROM t WHERE two = 'p';", ["t: one=1 two=p a=x"]],
  [T, "DROP TABLE t;", ["t: id=1 a=x b=y", "t: id=2 a=z b=NULL", "t: id=3 a=NULL b=NULL"]],
]);

table("a value that is overwritten or erased is shown with its key and what takes its place", [
  [T, "UPDATE t SET a = 'new' WHERE id > 1;", ["t.a: id=2: z → new"]],
  [T, "UPDATE t SET a = NULL;", ["t.a: id=1: x → NULL", "t.a: id=2: z → NULL"]],
  [TWO_KEYS, "UPDATE t SET a = 'n' WHERE two = 'q';", ["t.a: one=1 two=q: y → n"]],
  [KEYLESS, "UPDATE t SET b = 'n' WHERE a = 2;", ["t.b: rowid=3: y → n"]],
]);

table("the values of a dropped column are shown with their keys", [
  [T, "ALTER TABLE t DROP COLUMN a;", ["t.a: id=1: x", "t.a: id=2: z"]],
  [
    T,
    `CREATE TABLE n (id INTEGER PRIMARY KEY, b TEXT); INSERT INTO n SELECT id, b FROM t WHERE id > 1;
     DROP TABLE t; ALTER TABLE n RENAME TO t;`,
    ["t: id=1 a=x b=y", "t.a: id=1: x", "t.a: id=2: z"],
  ],
]);

table("values that moved to another column are not shown", [
  [T, "ALTER TABLE t ADD COLUMN c; UPDATE t SET c = a; ALTER TABLE t DROP COLUMN a;", []],
]);

table("equal rows without a key are shown once", [
  [
    KEYLESS,
    "CREATE TABLE n (a, b); INSERT INTO n SELECT * FROM t WHERE a = 2; DROP TABLE t; " +
    "ALTER TABLE n RENAME TO t;",
    ["t: a=1 b=x"],
  ],
]);

examples("no more are read than were asked for, and none by default", async () => {
  const many = `CREATE TABLE t (id INTEGER PRIMARY KEY, a);
    INSERT INTO t SELECT value, 'a' FROM json_each('[1,2,3,4,5,6,7,8,9]');`;
  const [five] = (await measure(many, "DELETE FROM t;", "rehearsed", 5)).examples;
  assert.is(five?.kind === "rows" && five.rows.length, 5);
  assert.equal((await measure(many, "DELETE FROM t;", "rehearsed", 0)).examples, []);
});

examples(
  "long values are clipped, and blobs are shown by their first bytes and their size",
  async () => {
    const base = `CREATE TABLE t (id INTEGER PRIMARY KEY, a);
    INSERT INTO t VALUES (1, printf('%.*c', 1000, 'x')), (2, randomblob(1000)), (3, x''),
      (4, 9007199254740993), (5, 1.5), (6, '${"y".repeat(200)}');`;
    const [found] = (await measure(base, "DELETE FROM t;", "rehearsed", 10)).examples;
    assert.ok(found?.kind === "rows");
    const [long, blob, empty, integer, real, whole] = found.rows.map((row) => row[1]);
    assert.equal(long, { type: "text", text: "x".repeat(200), length: 1000 });
    assert.equal([blob?.type, blob?.text.length, blob?.length], ["blob", 32, 1000]);
    assert.equal(empty, { type: "blob", text: "", length: 0 });
    assert.equal(integer, { type: "integer", text: "9007199254740993" });
    assert.equal(real, { type: "real", text: "1.5" });
    assert.equal(whole, { type: "text", text: "y".repeat(200) });
  },
);

examples(
  "a text is shown beyond a NUL character, at which SQLite's text functions stop",
  async () => {
    for (const encoding of ["UTF-8", "UTF-16le"]) {
      const base = `PRAGMA encoding = '${encoding}'; CREATE TABLE t (id INTEGER PRIMARY KEY, a);
    INSERT INTO t VALUES (1, 'nul' || char(0) || 'after'), (2, char(0)),
      (3, char(0) || printf('%.*c', 300, '€')), (4, char(0, 128512) || '\\u0000"' || char(10)),
      (5, char(0, 92) || 'u0000' || printf('%.*c', 300, 'x'));`;
      const [found] = (await measure(base, "DELETE FROM t;", "rehearsed", 10)).examples;
      assert.ok(found?.kind === "rows");
      assert.equal(
        found.rows.map((row) => row[1]),
        [
          { type: "text", text: "nul\0after" },
          { type: "text", text: "\0" },
          { type: "text", text: `\0${"€".repeat(199)}`, length: 301 },
          { type: "text", text: '\0😀\\u0000"\n' },
          { type: "text", text: `\0\\u0000${"x".repeat(193)}`, length: 307 },
        ],
        encoding,
      );
    }
  },
);

examples("of any migration, reading them changes no count, and as many are found", async () => {
  await forAll(150, async (random) => {
    const { base, sql } = drawMigration(random);
    const known = random.pick(["rehearsed", "unrehearsed"] as const);
    const what = `${base}\n${sql}`;
    const without = await measure(base, sql, known, 0).catch(() => null);
    if (without === null) return;
    const { dataLoss, examples: found } = await measure(base, sql, known, 10_000);
    assert.equal(describeLosses(dataLoss), describeLosses(without.dataLoss), what);
    for (const each of found) {
      const counted = dataLoss.filter((loss) =>
        loss.table === each.table &&
        (each.kind === "rows" ? loss.kind === "rows" : loss.kind !== "rows" &&
          loss.column === each.column)
      ).reduce((sum, loss) => sum + (loss.kind === "rows" ? loss.rows : loss.values), 0);
      const shown = each.kind === "rows" ? each.rows.length : each.values.length;
      // Where rows have no key that stays, equal ones are shown once, and overwritten ones not at all.
      const isKeyed = base.includes("PRIMARY KEY") && !/SET (id|part)\b/.test(sql);
      if (isKeyed) assert.is(shown, counted, what);
      else assert.ok(shown > 0 && shown <= counted, what);
    }
  });
});

examples.run();
