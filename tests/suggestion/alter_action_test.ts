// What refused ALTER TABLE statements mean, and what they make of a CREATE TABLE.

import * as assert from "uvu/assert";
import { readAlter } from "../../lib/suggestion/alter_action.ts";
import { alteredTable } from "../../lib/suggestion/altered_table.ts";
import { suite } from "../support/suite.ts";

const actions = suite("readAlter() and alteredTable()");

const TABLE = `CREATE TABLE t (
    id INTEGER PRIMARY KEY, -- the key
    a TEXT CONSTRAINT filled NOT NULL DEFAULT 'x, y' REFERENCES p (x) ON DELETE SET NULL,
    b DECIMAL (10, 2) NOT NULL DEFAULT -1.5 CHECK (b <> 0), -- as it was
    c, /* last */
    CONSTRAINT c UNIQUE (a, b),
    CHECK (length(c) > 0 OR 'b' = 'c')
) STRICT`;

/** The line of the table that a statement changes; of a statement that is not read, `null`. */
function made(action: string): string | null {
  const alter = readAlter(`ALTER TABLE main."t" ${action};`);
  let text: string | null = TABLE;
  for (const each of alter?.actions ?? []) text = text === null ? null : alteredTable(text, each);
  if (alter === null || text === null) return null;
  const before = new Set(TABLE.split("\n"));
  const lines = text.split("\n").filter((line) => !before.has(line));
  const gone = TABLE.split("\n").filter((line) => !text.split("\n").includes(line));
  if (text === TABLE) return "nothing else";
  return lines.length > 0 ? lines.join("\n").trim() : `without ${gone.join("\n").trim()}`;
}

const A = "CONSTRAINT filled NOT NULL DEFAULT 'x, y' REFERENCES p (x) ON DELETE SET NULL,";
const CASES: readonly (readonly [action: string, made: string | null])[] = [
  ["ALTER COLUMN c TYPE VARCHAR(10)", "c VARCHAR(10), /* last */"],
  ["ALTER c SET DATA TYPE double precision", "c double precision, /* last */"],
  ["ALTER COLUMN b TYPE INT", "b INT NOT NULL DEFAULT -1.5 CHECK (b <> 0), -- as it was"],
  ["ALTER COLUMN c INT NOT NULL", "c INT NOT NULL, /* last */"],
  ["ALTER COLUMN b INT NULL", "b INT DEFAULT -1.5 CHECK (b <> 0), -- as it was"],
  ["ALTER b DROP DEFAULT", "b DECIMAL (10, 2) NOT NULL CHECK (b <> 0), -- as it was"],
  [
    "ALTER b SET DEFAULT (1 + 1)",
    "b DECIMAL (10, 2) NOT NULL DEFAULT (1 + 1) CHECK (b <> 0), -- as it was",
  ],
  ["ALTER c SET DEFAULT lower('X')", "c DEFAULT (lower('X')), /* last */"],
  ["ALTER c SET DEFAULT CURRENT_TIMESTAMP", "c DEFAULT CURRENT_TIMESTAMP, /* last */"],
  ["ALTER c SET DEFAULT 1.5", "c DEFAULT 1.5, /* last */"],
  ["ALTER c SET NOT NULL", "c NOT NULL, /* last */"],
  ["ALTER c DROP NOT NULL", "nothing else"],
  // The name of the constraint would be left.
  ["ALTER a DROP NOT NULL", null],
  ["ALTER a TYPE INT", `a INT ${A}`],
  ["MODIFY c INT DEFAULT 5", "c INT DEFAULT 5, /* last */"],
  ["MODIFY COLUMN b INT", null],
  ["ADD COLUMN d INT UNIQUE", "c,\n    d INT UNIQUE, /* last */"],
  [
    "ADD CONSTRAINT n FOREIGN KEY (c) REFERENCES q",
    "CHECK (length(c) > 0 OR 'b' = 'c'),\n    CONSTRAINT n FOREIGN KEY (c) REFERENCES q",
  ],
  ["DROP CONSTRAINT c", "without CONSTRAINT c UNIQUE (a, b),"],
  ["DROP CONSTRAINT nothing", null],
  ["DROP COLUMN id", null],
  ["DROP nothing", null],
  ["ALTER nothing TYPE INT", null],
  // New rows would have no number.
  ["ALTER id TYPE BIGINT", null],
  ["DROP COLUMN a CASCADE", null],
  ["DROP PRIMARY KEY", null],
  ["ADD INDEX i (a)", null],
  ["ADD COLUMN IF NOT EXISTS d INT", null],
  ["MODIFY c INT AFTER id", null],
  ["ALTER c TYPE INT USING c + 1", null],
  ["ALTER c TYPE INT COLLATE NOCASE", null],
  ["ALTER c SET STORAGE PLAIN", null],
  ["ENGINE = InnoDB", null],
  ["", null],
];

for (const [action, expected] of CASES) {
  actions(`${action || "nothing"} makes ${expected ?? "nothing"}`, () => {
    assert.is(made(action), expected);
  });
}

actions("a dropped column takes the keys and checks of the table with it that name it", () => {
  const text = (column: string): string | null =>
    alteredTable(TABLE, { kind: "drop-column", column });
  assert.is(text("B"), TABLE.replace(/ {4}b .*\n/, "").replace(/ {4}CONSTRAINT c .*\n/, ""));
  assert.not.match(text("c") ?? "", /CHECK \(length/);
  assert.match(text("c") ?? "", /CONSTRAINT c UNIQUE \(a, b\)\n\) STRICT$/);
  assert.is(
    alteredTable("CREATE TABLE t (a, b /* b */)", { kind: "drop-column", column: "b" }),
    "CREATE TABLE t (a)",
  );
  assert.is(alteredTable("CREATE TABLE t (a)", { kind: "drop-column", column: "a" }), null);
});

actions("actions of one statement follow each other", () => {
  const alter = readAlter("ALTER TABLE t DROP a, ADD COLUMN d DECIMAL(1, 2), ALTER d SET NOT NULL");
  assert.equal(alter?.actions.map(({ kind }) => kind), [
    "drop-column",
    "add-column",
    "set-not-null",
  ]);
});

actions.run();
