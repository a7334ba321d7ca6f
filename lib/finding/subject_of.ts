// Names the migration and the statement that a finding is about. Pure; runs anywhere.

import type { FindingDetail, FindingSubject } from "./finding.ts";
import type { SourcePlace } from "./source_text.ts";

/** The migration of a step, without the step's other fields. */
export function subjectOf({ version, name, file }: FindingSubject): FindingSubject {
  return { version, name, file };
}

/** The position and the text of a statement, without its other fields. */
export function detailOf({ position, excerpt, statement }: SourcePlace): FindingDetail {
  return { position, excerpt, statement };
}
