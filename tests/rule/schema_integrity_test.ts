// schemaIntegrityFindings(): what a migration breaks, loses, or names without the right to.

import * as assert from "uvu/assert";
import type { RehearsedStep } from "../../lib/rehearsal/rehearsal.ts";
import { schemaIntegrityFindings } from "../../lib/rule/schema_integrity.ts";
import { suite } from "../support/suite.ts";
import { linesOf, rehearsedStep, statement } from "./facts.ts";

const integrity = suite("schema_integrity");

function fault(columns: string, parent: string): RehearsedStep["faultyKeys"][number] {
  return { kind: "no-parent", table: "c", columns, parent, parentColumns: "", mendedBy: null };
}

const LATER = { version: 3, name: "x", file: "003_x.sql" };

const CASES: readonly (readonly [string, Partial<RehearsedStep>, readonly string[]])[] = [
  ["nothing", {}, []],
  [
    "a broken view",
    {
      broken: [{
        object: "view",
        name: "v",
        triggers: [],
        message: "no such column: a",
        mendedBy: null,
      }],
    },
    [
      'ERROR broken-view 001_x.sql: The view "v" no longer works: no such column: a; ' +
      "drop it first and create it again",
    ],
  ],
  [
    "broken triggers",
    {
      broken: [{
        object: "trigger",
        name: "t",
        triggers: ["one", "two"],
        message: "no such table: main.gone",
        mendedBy: null,
      }],
    },
    [
      'ERROR broken-trigger 001_x.sql: A trigger on "t" (one, two) no longer works: ' +
      "no such table: main.gone; drop it first and create it again",
    ],
  ],
  [
    "a foreign key of an old table without its parent",
    { faultyKeys: [fault("p,q", "gone")] },
    [
      'ERROR dangling-foreign-key 001_x.sql: The foreign key "c" (p,q) references "gone", which ' +
      'does not exist; create it first, or rebuild "c" without the key',
    ],
  ],
  [
    "a foreign key of a new table, whose parent may come later",
    {
      faultyKeys: [fault("p", "later")],
      changes: [{ change: "added", object: "table", table: null, name: "c", detail: null }],
    },
    [
      'WARNING dangling-foreign-key 001_x.sql: The foreign key "c" (p) references "later", which ' +
      'does not exist; create it first, or rebuild "c" without the key',
    ],
  ],
  [
    "a foreign key whose parent is dropped here and made again by a later file",
    {
      faultyKeys: [{ ...fault("p", "gone"), mendedBy: LATER }],
      statements: [statement({ sql: "DROP TABLE gone;", drops: ["gone"] })],
    },
    [
      'WARNING dangling-foreign-key 001_x.sql:3: The foreign key "c" (p) references "gone", which ' +
      "does not exist after the DROP TABLE on line 3, until 003_x.sql has run; join the files if " +
      "it must not fail in between",
    ],
  ],
  [
    "a foreign key to columns that are not unique",
    {
      faultyKeys: [{ ...fault("p,q", "parent"), kind: "mismatch", parentColumns: "a,b" }],
    },
    [
      'ERROR foreign-key-mismatch 001_x.sql: The foreign key "c" (p,q) references "parent" (a,b), ' +
      "which is neither its primary key nor UNIQUE; create a UNIQUE index on these columns, or " +
      "reference the primary key",
    ],
  ],
  [
    "a foreign key of an old table beside new objects",
    {
      faultyKeys: [fault("p", "gone")],
      changes: [
        { change: "added", object: "table", table: null, name: "other", detail: null },
        { change: "added", object: "column", table: "c", name: "c", detail: null },
        { change: "altered", object: "table", table: null, name: "c", detail: null },
      ],
    },
    [
      'ERROR dangling-foreign-key 001_x.sql: The foreign key "c" (p) references "gone", which ' +
      'does not exist; create it first, or rebuild "c" without the key',
    ],
  ],
  [
    "a foreign key to godwit's tables",
    {
      reservedReferences: [{
        object: "foreign key",
        name: "c",
        reserved: "plugin_schema_migrations",
      }],
    },
    [
      'ERROR reserved-table 001_x.sql: A foreign key of "c" uses ' +
      '"plugin_schema_migrations", which belongs to godwit; create it without that table',
    ],
  ],
  [
    "a view and a trigger that read godwit's tables",
    {
      reservedReferences: [
        { object: "view", name: "v", reserved: "godwit_x" },
        { object: "trigger", name: "t", reserved: "godwit_x" },
      ],
    },
    [
      'ERROR reserved-table 001_x.sql: The view "v" uses "godwit_x", which belongs to ' +
      "godwit; create it without that table",
      'ERROR reserved-table 001_x.sql: A trigger on "t" uses "godwit_x", which belongs to ' +
      "godwit; create it without that table",
    ],
  ],
  [
    "an index and a trigger that a rebuild loses",
    {
      lost: [
        { object: "index", owner: "table", table: "t", name: "t_a" },
        { object: "trigger", owner: "table", table: "t", name: "t_added" },
        { object: "trigger", owner: "view", table: "v", name: "v_added" },
      ],
    },
    [
      'WARNING lost-index 001_x.sql: Rebuilding "t" loses the index "t_a"; create it again after ' +
      "the rename, or drop it by name if it is not needed",
      'WARNING lost-trigger 001_x.sql: Rebuilding "t" loses the trigger "t_added"; create it again ' +
      "after the rename, or drop it by name if it is not needed",
      'WARNING lost-trigger 001_x.sql: Replacing the view "v" loses the trigger "v_added"; create ' +
      "it again after the view, or drop it by name if it is not needed",
    ],
  ],
  [
    "a table renamed to a reserved name",
    { reservedNames: ["godwit_mine"] },
    [
      'ERROR reserved-table 001_x.sql: "godwit_mine" is a reserved name; use a name that ' +
      'does not begin with "godwit_"',
    ],
  ],
];

for (const [name, facts, expected] of CASES) {
  integrity(`schemaIntegrityFindings(): ${name}`, () => {
    assert.equal(linesOf(schemaIntegrityFindings(rehearsedStep(facts))), expected);
  });
}

integrity.run();
