// Names the migration and the statement that a finding is about. Pure; runs anywhere.

import type { FindingDetail, FindingSubject, Position } from "./finding.ts";

/** The most of a statement that a finding shows; a migration may be one statement of megabytes. */
const MAX_STATEMENT_LENGTH = 2_000;

/** A statement and its position in the file. */
export interface LocatedStatement {
  readonly sql: string;
  readonly position: Position;
  readonly excerpt: string;
}

/** The migration of a step, without the step's other fields. */
export function subjectOf({ version, name, file }: FindingSubject): FindingSubject {
  return { version, name, file };
}

/** The position and the text of a statement; a long text is clipped and says by how much. */
export function detailOf({ position, excerpt, sql }: LocatedStatement): FindingDetail {
  const left = sql.length - MAX_STATEMENT_LENGTH;
  const statement = left > 0
    ? `${sql.slice(0, MAX_STATEMENT_LENGTH)} ... (${left} more characters)`
    : sql;
  return { position, excerpt, statement };
}
