// Findings about forms of ALTER TABLE that not every SQLite has. Pure; runs anywhere.

import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import { type Finding, finding, type FindingCode } from "../finding/finding.ts";
import { detailOf, subjectOf } from "../finding/subject_of.ts";
import type { SqliteVersion } from "../migration/migration.ts";
import { formatSqliteVersion, isAtLeast } from "../migration/sqlite_version.ts";
import type { Alter, AlterForm } from "../sqlite/access.ts";

/** A form of ALTER TABLE that not every SQLite has. */
export interface GuardedForm {
  readonly code: FindingCode;
  readonly words: string;
  /** The first release with the form: https://sqlite.org/changes.html */
  readonly since: SqliteVersion;
}

const GUARDED_FORMS: Readonly<Partial<Record<AlterForm, GuardedForm>>> = {
  "drop-column": { code: "alter-drop-column", words: "DROP COLUMN", since: [3, 35, 0] },
  "alter-column": { code: "alter-column", words: "ALTER COLUMN", since: [3, 53, 0] },
  "alter-constraint": {
    code: "alter-constraint",
    words: "ADD and DROP CONSTRAINT",
    since: [3, 53, 0],
  },
};

/**
 * Finds forms that a plugin's SQLite may lack, unless the file declares a release that has them.
 */
export function alterFormFindings(
  step: RehearsedStep,
  requires: SqliteVersion | null,
): readonly Finding[] {
  return step.statements.flatMap((statement) => {
    const { alter } = statement;
    const form = alter === null ? null : guardedForm(alter, requires);
    if (alter === null || form === null) return [];
    const since = formatSqliteVersion(form.since);
    const message = `${form.words} needs SQLite ${since}, and a plugin may run on an older one; ` +
      `rebuild the table, or declare "-- requires: sqlite >= ${since}" above "-- UP"`;
    return [finding("ERROR", form.code, subjectOf(step), message, {
      ...detailOf(statement),
      about: alter.table,
    })];
  });
}

/** The form that a file may not use with what it declares; `null` where it may. */
export function guardedForm({ form }: Alter, requires: SqliteVersion | null): GuardedForm | null {
  const guarded = GUARDED_FORMS[form];
  return guarded === undefined || requires !== null && isAtLeast(requires, guarded.since)
    ? null
    : guarded;
}

/** Finds a file that needs a newer SQLite than the one that runs it. */
export function requiresFindings(
  step: RehearsedStep,
  requires: SqliteVersion | null,
  engine: SqliteVersion,
): readonly Finding[] {
  if (requires === null || isAtLeast(engine, requires)) return [];
  const message = `${step.file} requires SQLite ${formatSqliteVersion(requires)}, and this is ` +
    `${formatSqliteVersion(engine)}; upgrade godwit`;
  return [finding("ERROR", "requires-sqlite", subjectOf(step), message)];
}
