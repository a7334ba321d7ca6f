// Says which migration a rehearsed statement belongs to, and where. Pure; runs anywhere.

import type { NotableStatement, RehearsedStep } from "../execute/rehearsal.ts";
import type { FindingDetail, FindingSubject } from "./finding.ts";

/** The most of a statement that a finding shows; a migration may be one statement of megabytes. */
const MAX_STATEMENT_LENGTH = 2_000;

/** The migration that a step runs. */
export function subjectOf({ version, name, file }: RehearsedStep): FindingSubject {
  return { version, name, file };
}

/** Where a statement stands, and its text; a long one says how much is left out. */
export function detailOf({ position, excerpt, sql }: NotableStatement): FindingDetail {
  const left = sql.length - MAX_STATEMENT_LENGTH;
  const statement = left > 0
    ? `${sql.slice(0, MAX_STATEMENT_LENGTH)} ... (${left} more characters)`
    : sql;
  return { position, excerpt, statement };
}
