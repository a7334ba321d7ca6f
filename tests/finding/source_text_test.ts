// SourceText, excerptOf(): where a statement is in its file, and what is shown of it.

import * as assert from "uvu/assert";
import { excerptOf } from "../../lib/finding/excerpt.ts";
import { SourceText } from "../../lib/finding/source_text.ts";
import { forAll } from "../support/random.ts";
import { suite } from "../support/suite.ts";

const source = suite("source text");

const bytes = (text: string): number => new TextEncoder().encode(text).length;

source("placeOf() finds any character again by line and column, in any order", async () => {
  await forAll(300, (random) => {
    const draw = (): string => random.pick(["a", "é", "日", "🐦", "\n", " ", ";"]);
    const sql = random.list(0, 60, draw).join("");
    const characters = [...sql];
    const first = random.integer(1, 50);
    const text = new SourceText({ sql, line: first });
    for (let times = 0; times < 3; times++) {
      const before = characters.slice(0, random.integer(0, characters.length)).join("");
      const { position, excerpt } = text.placeOf({ sql, offset: 0 }, bytes(before));
      const line = sql.split("\n")[position.line - first] ?? "";
      assert.equal(excerpt, { text: line, column: position.column });
      assert.is([...line].slice(0, position.column - 1).join(""), before.split("\n").at(-1));
    }
  });
});

source("placeOf() shows 2,000 characters of a long statement around the position", () => {
  const values = Array.from({ length: 200_000 }, (_, number) => `(${number}, '日')`);
  const before = `SELECT 1;\nINSERT INTO t VALUES ${values.join(", ")}, (5, `;
  const sql = `${before}nonsense), ${values.join(", ")};`;
  const statement = { sql: sql.slice("SELECT 1;\n".length), offset: "SELECT 1;\n".length };
  const place = new SourceText({ sql, line: 4 }).placeOf(statement, bytes(before));
  assert.equal(place.position, { line: 5, column: [...before].length - "SELECT 1;\n".length + 1 });
  assert.match(place.statement, /^\(\d+ characters before\) \.\.\. .*\(5, nonsense\)/);
  assert.match(place.statement, / \.\.\. \(\d+ more characters\)$/);
  assert.ok(place.statement.length < 2_100);
  const { text, column } = place.excerpt;
  assert.match(text, /^…, '日'\)|^….*…$/u);
  assert.ok([...text].length <= 162, text);
  assert.is([...text].slice(column - 1, column + 7).join(""), "nonsense");
});

source("placeOf() keeps a statement of 2,000 characters whole", () => {
  const sql = `SELECT '${"x".repeat(1_990)}';`;
  assert.is(sql.length, 2_000);
  assert.is(new SourceText({ sql, line: 1 }).placeOf({ sql, offset: 0 }, 0).statement, sql);
});

source("excerptOf() marks the ends that it leaves out", () => {
  assert.equal(excerptOf("abcdef", 2, 6), { text: "abcdef", column: 2 });
  assert.equal(excerptOf("abcdefg", 2, 6), { text: "abcdef…", column: 2 });
  assert.equal(excerptOf("🐦bcdefghij", 6, 6), { text: "…bcdefg…", column: 6 });
  assert.equal(excerptOf("abcdefghij", 10, 6), { text: "…fghij", column: 6 });
});

source.run();
