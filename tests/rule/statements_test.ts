// statementFindings(): problems of single statements.

import * as assert from "uvu/assert";
import type { StatementProblem } from "../../lib/rehearsal/rehearsal.ts";
import { statementFindings } from "../../lib/rule/statements.ts";
import { suite } from "../support/suite.ts";
import { linesOf, rehearsedStep, statement } from "./facts.ts";

const statements = suite("statements");

const sql = (message: string): StatementProblem => ({ kind: "sql", message });

const CASES: readonly (readonly [string, StatementProblem, string])[] = [
  [
    "COMMIT;",
    {
      kind: "violation",
      violation: { code: "transaction-control", message: "COMMIT is not allowed" },
    },
    "ERROR transaction-control 001_x.sql:3: COMMIT is not allowed",
  ],
  [
    "SELECT ?;",
    { kind: "parameters", count: 1 },
    "ERROR bind-parameter 001_x.sql:3: The statement has 1 parameter, and a migration has no " +
    "values for them; write the values out",
  ],
  [
    "SELECT ?, ?;",
    { kind: "parameters", count: 2 },
    "ERROR bind-parameter 001_x.sql:3: The statement has 2 parameters, and a migration has no " +
    "values for them; write the values out",
  ],
  [
    "ALTER TABLE t ADD COLUMN b NOT NULL;",
    { kind: "needs-empty-table", table: "t", message: "Cannot add a NOT NULL column" },
    "ERROR needs-empty-table 001_x.sql:3: Cannot add a NOT NULL column: SQLite refuses this while " +
    '"t" has rows; give the column a constant default, or rebuild the table',
  ],
  [
    "INSERT INTO s SELECT sum(a) FROM t;",
    { kind: "unproven", message: "NOT NULL constraint failed: s.n" },
    "WARNING unproven-statement 001_x.sql:3: The statement fails on tables without rows: " +
    "NOT NULL constraint failed: s.n; a dry run shows what it does to the real rows",
  ],
  [
    "INSERT INTO s SELECT value FROM generate_series(1, 1e9);",
    { kind: "unfinished" },
    "WARNING unproven-statement 001_x.sql:3: The statement makes many rows and was not rehearsed " +
    "to its end; a dry run shows what it does to the real rows",
  ],
  [
    "SELEKT 1;",
    sql('near "SELEKT": syntax error'),
    'ERROR syntax-error 001_x.sql:3: SQLite cannot read this: near "SELEKT": syntax error',
  ],
  [
    "CREATE TABLE t (",
    sql("incomplete input"),
    "ERROR syntax-error 001_x.sql:3: SQLite cannot read this: incomplete input",
  ],
  [
    "SELECT 'open;",
    sql('unrecognized token: "\'open;"'),
    'ERROR syntax-error 001_x.sql:3: SQLite cannot read this: unrecognized token: "\'open;"',
  ],
  [
    "SELECT * FROM nowhere;",
    sql("no such table: nowhere"),
    "ERROR sql-error 001_x.sql:3: SQLite refuses this: no such table: nowhere",
  ],
  [
    "ALTER TABLE t ALTER COLUMN a TYPE TEXT;",
    sql('near "TYPE": syntax error'),
    "ERROR alter-column 001_x.sql:3: SQLite does not support this form of ALTER COLUMN " +
    '(near "TYPE": syntax error); rebuild the table: create a new one, copy the ' +
    "rows, drop the old one, rename the new one",
  ],
  [
    "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES b (c);",
    sql('near "FOREIGN": syntax error'),
    "ERROR alter-constraint 001_x.sql:3: SQLite does not support this form of ADD or DROP " +
    'CONSTRAINT (near "FOREIGN": syntax error); rebuild the table: create a ' +
    "new one, copy the rows, drop the old one, rename the new one",
  ],
  [
    "ALTER TABLE gone ALTER COLUMN a SET NOT NULL;",
    sql("no such table: gone"),
    "ERROR sql-error 001_x.sql:3: SQLite refuses this: no such table: gone",
  ],
];

for (const [text, problem, expected] of CASES) {
  statements(`statementFindings(): ${text}`, () => {
    const step = rehearsedStep({ statements: [statement({ sql: text, problems: [problem] })] });
    assert.equal(linesOf(statementFindings(step)), [expected]);
  });
}

statements("statementFindings() keeps the order of statements and of their problems", () => {
  const step = rehearsedStep({
    statements: [
      statement(),
      statement({ problems: [sql("first"), { kind: "parameters", count: 1 }] }),
      statement({ problems: [sql("last")], position: { line: 7, column: 2 } }),
    ],
  });
  const found = statementFindings(step).map(({ code, position }) => `${code} ${position?.line}`);
  assert.equal(found, ["sql-error 3", "bind-parameter 3", "sql-error 7"]);
});

statements.run();
