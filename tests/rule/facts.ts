// Facts of a rehearsal for tests of rules, and findings as lines of text.

import type { NotableStatement, RehearsedStep } from "../../lib/rehearsal/rehearsal.ts";
import type { Finding } from "../../lib/finding/finding.ts";
import type { Migration } from "../../lib/migration/migration.ts";

/** A step that applies `001_x.sql` and does nothing, but for `facts`. */
export function rehearsedStep(facts: Partial<RehearsedStep> = {}): RehearsedStep {
  return {
    direction: "apply",
    version: 1,
    name: "x",
    file: "001_x.sql",
    statementCount: 1,
    statements: [],
    changes: [],
    watched: [],
    fates: [],
    renamed: [],
    lost: [],
    gained: [],
    forgotten: [],
    broken: [],
    faultyKeys: [],
    strays: [],
    brokenQueries: [],
    touched: [],
    reservedNames: [],
    reservedReferences: [],
    schemaDelta: null,
    complete: true,
    ...facts,
  };
}

/** A statement at line 3 that a rule does not notice, but for `facts`. */
export function statement(facts: Partial<NotableStatement> = {}): NotableStatement {
  return {
    sql: "SELECT 1;",
    position: { line: 3, column: 1 },
    excerpt: { text: "SELECT 1;", column: 1 },
    statement: "SELECT 1;",
    alter: null,
    updates: [],
    deletesFrom: [],
    drops: [],
    actionsOf: [],
    problems: [],
    ...facts,
  };
}

/** A migration `NNN_x.sql`, both of whose sections have a statement. */
export function migration(version: number, facts: Partial<Migration> = {}): Migration {
  return {
    version,
    name: "x",
    file: `${String(version).padStart(3, "0")}_x.sql`,
    checksum: `checksum ${version}`,
    requires: null,
    foreignKeys: null,
    accepts: [],
    text: "",
    up: { sql: "CREATE TABLE t (a);", line: 2 },
    down: { sql: "DROP TABLE t;", line: 4 },
    ...facts,
  };
}

/** Each finding as `LEVEL code file:line: message`. */
export function linesOf(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ level, code, file, position, message }) =>
    `${level} ${code} ${file}${position === null ? "" : `:${position.line}`}: ${message}`
  );
}
