// destructiveFindings(): tables, columns, rows and values that a migration deletes.

import * as assert from "uvu/assert";
import type { DataLoss } from "../../lib/loss/data_loss.ts";
import type { RehearsedStep, WatchedTable } from "../../lib/rehearsal/rehearsal.ts";
import { destructiveFindings } from "../../lib/rule/destructive.ts";
import type { Table } from "../../lib/sqlite/schema.ts";
import type { SchemaChange } from "../../lib/sqlite/schema_diff.ts";
import { suite } from "../support/suite.ts";
import { linesOf, rehearsedStep, statement } from "./facts.ts";

const destructive = suite("destructive");

function removed(
  object: SchemaChange["object"],
  name: string,
  table: string | null = null,
): SchemaChange {
  return { change: "removed", object, table, name, detail: null };
}

function table(name: string): Table {
  return {
    name,
    kind: "table",
    withoutRowid: false,
    strict: false,
    sql: "",
    columns: [],
    foreignKeys: [],
  };
}

function watched(name: string, facts: Partial<WatchedTable> = {}): WatchedTable {
  return {
    name,
    before: table(name),
    after: table(name),
    droppedColumns: [],
    keptColumns: [],
    addedColumns: [],
    isDropped: true,
    writes: { inserts: false, replaces: false, deletes: false, displaces: false, updates: [] },
    handover: null,
    ...facts,
  };
}

interface Case {
  readonly name: string;
  readonly step: Partial<RehearsedStep>;
  readonly losses: readonly DataLoss[] | null;
  readonly expected: readonly string[];
}

const dropTable: Partial<RehearsedStep> = {
  changes: [removed("table", "t")],
  watched: [watched("t", { after: null })],
  statements: [statement({ drops: ["t"] })],
};
const dropColumn: Partial<RehearsedStep> = {
  changes: [removed("column", "c", "t")],
  watched: [watched("t", { droppedColumns: ["c"] })],
  statements: [statement({ alter: { table: "t", form: "drop-column" } })],
};
const rebuild: Partial<RehearsedStep> = {
  watched: [watched("t", { keptColumns: [{ name: "a", nameAfter: "b" }] })],
  statements: [statement({ drops: ["t"] })],
};

const CASES: readonly Case[] = [
  { name: "a step that removes nothing", step: {}, losses: [], expected: [] },
  {
    name: "an added table, and a removed index, trigger and view",
    step: {
      changes: [
        { change: "added", object: "table", table: null, name: "t", detail: null },
        removed("index", "i", "t"),
        removed("trigger", "r", "t"),
        removed("view", "v"),
      ],
    },
    losses: [],
    expected: [],
  },
  {
    name: "a table, before rows are counted",
    step: dropTable,
    losses: null,
    expected: ['WARNING drop-table 001_x.sql:3: Drops the table "t"'],
  },
  {
    name: "a table with rows",
    step: dropTable,
    losses: [{ kind: "rows", table: "t", rows: 2 }],
    expected: ['WARNING drop-table 001_x.sql:3: Drops the table "t" with 2 rows'],
  },
  {
    name: "a table without rows",
    step: dropTable,
    losses: [],
    expected: ['WARNING drop-table 001_x.sql:3: Drops the table "t" with 0 rows'],
  },
  {
    name: "a virtual table that only indexes another",
    step: { ...dropTable, watched: [] },
    losses: [],
    expected: [],
  },
  {
    name: "a column, before values are counted",
    step: dropColumn,
    losses: null,
    expected: ['WARNING drop-column 001_x.sql:3: Drops the column "c" of "t"'],
  },
  {
    name: "a column with one value",
    step: dropColumn,
    losses: [{ kind: "values", table: "t", column: "c", values: 1 }],
    expected: ['WARNING drop-column 001_x.sql:3: Drops the column "c" of "t" with 1 value'],
  },
  {
    name: "a column of a table that the migration also renames",
    step: {
      ...dropColumn,
      changes: [removed("column", "c", "renamed")],
      watched: [watched("t", { after: table("renamed"), droppedColumns: ["c"] })],
      statements: [statement({ alter: { table: "renamed", form: "drop-column" } })],
    },
    losses: [{ kind: "values", table: "t", column: "c", values: 3 }],
    expected: ['WARNING drop-column 001_x.sql:3: Drops the column "c" of "t" with 3 values'],
  },
  {
    name: "a DELETE, before rows are counted",
    step: { statements: [statement({ deletesFrom: ["t"] })] },
    losses: null,
    expected: ['WARNING delete-rows 001_x.sql:3: Deletes rows of "t"'],
  },
  {
    name: "two DELETEs of one table",
    step: {
      statements: [
        statement({ deletesFrom: ["t"] }),
        statement({ deletesFrom: ["t"], position: { line: 5, column: 1 } }),
      ],
    },
    losses: null,
    expected: ['WARNING delete-rows 001_x.sql:3: Deletes rows of "t"'],
  },
  {
    name: "a DELETE that found no rows",
    step: { statements: [statement({ deletesFrom: ["t"] })] },
    losses: [],
    expected: [],
  },
  {
    name: "a rebuild that copies fewer rows",
    step: rebuild,
    losses: [{ kind: "rows", table: "t", rows: 1 }],
    expected: ['WARNING delete-rows 001_x.sql:3: Deletes 1 row of "t"'],
  },
  {
    name: "rows of a table that is dropped afterwards",
    step: { ...dropTable, statements: [statement({ deletesFrom: ["t"], drops: ["t"] })] },
    losses: [{ kind: "rows", table: "t", rows: 2 }],
    expected: ['WARNING drop-table 001_x.sql:3: Drops the table "t" with 2 rows'],
  },
  {
    name: "a rebuild that does not copy the values of a column",
    step: rebuild,
    losses: [{ kind: "values", table: "t", column: "a", values: 4 }],
    expected: ['WARNING lose-values 001_x.sql:3: Loses 4 values of "a" of "t", which is kept'],
  },
  {
    name: "an UPDATE that overwrites values",
    step: {
      watched: [watched("t", { keptColumns: [{ name: "a", nameAfter: "a" }] })],
      statements: [statement({ updates: ["t"] })],
    },
    losses: [{ kind: "overwritten", table: "t", column: "a", values: 1 }],
    expected: ['WARNING overwrite-values 001_x.sql:3: Overwrites 1 value of "a" of "t"'],
  },
  {
    name: "a table and a column beside the losses of others",
    step: {
      changes: [removed("column", "c", "t"), removed("table", "u"), removed("view", "kept")],
      watched: [watched("t", { droppedColumns: ["c"] }), watched("u", { after: null })],
      statements: [
        statement({ alter: { table: "other", form: "drop-column" } }),
        statement({
          alter: { table: "t", form: "drop-column" },
          position: { line: 4, column: 1 },
        }),
        statement({ drops: ["u"], position: { line: 5, column: 1 } }),
      ],
    },
    losses: [
      { kind: "rows", table: "kept", rows: 9 },
      { kind: "values", table: "t", column: "other", values: 8 },
      { kind: "values", table: "other", column: "c", values: 7 },
      { kind: "values", table: "t", column: "c", values: 1 },
      { kind: "rows", table: "u", rows: 2 },
    ],
    expected: [
      'WARNING drop-column 001_x.sql:4: Drops the column "c" of "t" with 1 value',
      'WARNING drop-table 001_x.sql:5: Drops the table "u" with 2 rows',
      'WARNING delete-rows 001_x.sql: Deletes 9 rows of "kept"',
    ],
  },
  {
    name: "rows that no statement explains, such as by a trigger",
    step: {},
    losses: [{ kind: "rows", table: "t", rows: 1 }],
    expected: ['WARNING delete-rows 001_x.sql: Deletes 1 row of "t"'],
  },
];

for (const { name, step, losses, expected } of CASES) {
  destructive(`destructiveFindings(): ${name}`, () => {
    assert.equal(linesOf(destructiveFindings(rehearsedStep(step), losses)), expected);
  });
}

destructive.run();
