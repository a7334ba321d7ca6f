// How a cure is written into the text of a section, without a database.

import * as assert from "uvu/assert";
import { withCopiedColumns } from "../../lib/suggestion/copied_columns.ts";
import { namedInsert } from "../../lib/suggestion/named_insert.ts";
import { NeedlessStatements } from "../../lib/suggestion/needless_statement.ts";
import { appended, prepended } from "../../lib/suggestion/section_text.ts";
import { withEdits } from "../../lib/suggestion/text_edits.ts";
import { suite } from "../support/suite.ts";

const edits = suite("edits of sections");

edits("withEdits() replaces parts, and takes a line of which nothing is left", () => {
  const text = "one\n  two;\nthree; four\n";
  const edit = (part: string, to: string): { start: number; end: number; text: string } => ({
    start: text.indexOf(part),
    end: text.indexOf(part) + part.length,
    text: to,
  });
  assert.is(withEdits(text, [edit("two;", ""), edit("four", "5")]), "one\nthree; 5\n");
  assert.is(withEdits(text, [edit("three;", "")]), "one\n  two;\n four\n");
  assert.is(withEdits(text, []), text);
});

edits("appended() closes the last statement, and keeps what follows it", () => {
  for (
    const [section, expected] of [
      ["SELECT 1;\n\n", "SELECT 1;\n\nX;\n\n"],
      ["SELECT 1", "SELECT 1;\n\nX;\n"],
      ["SELECT 1 -- one\n", "SELECT 1; -- one\n\nX;\n"],
      ["-- nothing\n", "-- nothing\n\nX;\n"],
      ["", "X;\n"],
    ] as const
  ) assert.is(appended(section, "X;"), expected);
  assert.is(prepended("\n-- then\nSELECT 1;\n", "X;"), "X;\n\n-- then\nSELECT 1;\n");
});

edits("namedInsert() writes the columns on both sides", () => {
  const misplaced = { table: "n", column: "b", from: "a", shared: ["b", "a"] };
  for (
    const [sql, expected] of [
      ["INSERT INTO n SELECT * FROM t;", "INSERT INTO n (b, a) SELECT b, a FROM t;"],
      ["INSERT INTO n (a, b)\nSELECT t.* FROM t", "INSERT INTO n (b, a) SELECT t.b, t.a FROM t"],
      [
        "REPLACE INTO n SELECT DISTINCT * FROM t WHERE a IN (1)",
        "REPLACE INTO n (b, a) SELECT DISTINCT b, a FROM t WHERE a IN (1)",
      ],
      ["INSERT INTO n SELECT x.*, y.* FROM x, y", null],
    ] as const
  ) assert.is(namedInsert(sql, misplaced, String), expected);
});

edits("withCopiedColumns() adds to both lists, and only where they are plain", () => {
  const place = {
    position: { line: 4, column: 3 },
    excerpt: { text: "", column: 1 },
    statement: "",
  };
  const forgotten = ["b", "c"].map((column) => ({ table: "t", column, place }));
  const added = (statement: string): string =>
    withCopiedColumns(
      { sql: `\nSELECT 'é';\n  ${statement}\nSELECT 2;`, line: 2 },
      forgotten,
      String,
    )
      .split("\n").slice(2, -1).join("\n").trim();
  assert.is(
    added("INSERT INTO n (id, a) SELECT id, coalesce(a, (SELECT 1 FROM z)) FROM t;"),
    "INSERT INTO n (id, a, b, c) SELECT id, coalesce(a, (SELECT 1 FROM z)), b, c FROM t;",
  );
  for (
    const unclear of [
      "INSERT INTO n (id) SELECT DISTINCT id FROM t;",
      "INSERT INTO n (id) SELECT id FROM t UNION SELECT 1;",
      "INSERT INTO n (id) VALUES (1);",
      "WITH x AS (SELECT 1) INSERT INTO n (id) SELECT id FROM t;",
    ]
  ) assert.is(added(unclear), unclear);
});

edits("NeedlessStatements knows what godwit does by itself", () => {
  const pragma = (name: string, argument: string | null) =>
    [{ kind: "pragma", name, argument }] as const;
  const statements = new NeedlessStatements();
  // Actions may be meant to fire.
  assert.not(statements.isNeedless(pragma("foreign_keys", "ON")));
  assert.ok(statements.isNeedless(pragma("FOREIGN_KEYS", "0")));
  assert.ok(statements.isNeedless(pragma("foreign_keys", "ON")));
  assert.ok(statements.isNeedless(pragma("defer_foreign_keys", "1")));
  assert.not(statements.isNeedless(pragma("journal_mode", "WAL")));
  for (const operation of ["BEGIN", "COMMIT", "ROLLBACK"]) {
    const isNeedless = statements.isNeedless([{ kind: "transaction", operation }]);
    assert.is(isNeedless, operation !== "ROLLBACK");
  }
  assert.not(statements.isNeedless([{ kind: "attach" }]));
});

edits.run();
