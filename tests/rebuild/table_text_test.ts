// The parts of CREATE TABLE texts, and which texts are the same.

import * as assert from "uvu/assert";
import { readRename } from "../../lib/rebuild/renames.ts";
import { checksOf, itemsOf, moduleOf, withTableName } from "../../lib/rebuild/table_text.ts";
import { TextComparison } from "../../lib/rebuild/text_comparison.ts";
import { EMPTY_SCHEMA } from "../../lib/sqlite/schema.ts";
import { suite } from "../support/suite.ts";

const texts = suite("table text");

const TABLE = `CREATE TABLE "a, (b" (
    id INTEGER PRIMARY KEY, -- the key, (
    "check" TEXT DEFAULT ('a, b' || ')') CHECK (length("check") > 1) /* here */,
    n NUMERIC(10, 2),
    CONSTRAINT c CHECK ((n > 0) OR n IS NULL),
    UNIQUE (id, n)
) STRICT`;

texts("itemsOf() splits at the commas of the body alone", () => {
  assert.equal(itemsOf(TABLE).map(({ kind, name, text }) => [kind, name, text]), [
    ["column", "id", "id INTEGER PRIMARY KEY"],
    [
      "column",
      "check",
      `"check" TEXT DEFAULT ('a, b' || ')') CHECK (length("check") > 1) /* here */`,
    ],
    ["column", "n", "n NUMERIC(10, 2)"],
    ["constraint", "c", "CONSTRAINT c CHECK ((n > 0) OR n IS NULL)"],
    ["constraint", null, "UNIQUE (id, n)"],
  ]);
});

texts("checksOf() finds the expressions, and not a column of that name", () => {
  assert.equal(checksOf(TABLE), [`length("check") > 1`, "(n > 0) OR n IS NULL"]);
});

texts("withTableName() changes the name and nothing else", () => {
  assert.is(withTableName(TABLE, "x"), TABLE.replace('"a, (b"', "x"));
  assert.is(
    withTableName("CREATE VIRTUAL TABLE s USING fts5(table)", "x"),
    "CREATE VIRTUAL TABLE x USING fts5(table)",
  );
  assert.is(moduleOf("CREATE VIRTUAL TABLE s USING FTS5(a)"), "fts5");
  assert.is(moduleOf(TABLE), null);
});

texts("isSame() passes over white space, comments and quotes around names of tables", () => {
  const schema = {
    ...EMPTY_SCHEMA,
    views: [{ name: "t", sql: "" }],
  };
  const comparison = new TextComparison(schema);
  const same = [
    ["CREATE TABLE t (a)", 'CREATE TABLE "t"(a /* x */ -- y\n)'],
    ["SELECT a FROM t", "SELECT a\n  FROM [t]"],
  ] as const;
  for (const [one, other] of same) assert.ok(comparison.isSame(one, other), other);
  const others = [
    ["SELECT 'a b'", "SELECT 'a  b'"],
    ["SELECT a FROM t", 'SELECT "a" FROM t'],
    ["SELECT a FROM t", "SELECT a FROM T"],
    ["SELECT 't'", "SELECT t"],
  ] as const;
  for (const [one, other] of others) assert.not(comparison.isSame(one, other), other);
});

texts("readRename() reads tables and columns, also in quotes", () => {
  assert.equal(readRename("a=b"), { kind: "table", from: "a", to: "b" });
  assert.equal(readRename('"my t".c=t."new c"'), {
    kind: "column",
    fromTable: "my t",
    from: "c",
    toTable: "t",
    to: "new c",
  });
  for (const wrong of ["", "a", "a=", "a.b=c", "a.b.c=d", "a=b=c"]) {
    assert.is(readRename(wrong), null, wrong);
  }
});

texts.run();
