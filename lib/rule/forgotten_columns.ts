// Findings about rebuilds that do not copy every column. Pure; runs anywhere.

import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import { type Finding, finding } from "../finding/finding.ts";
import { detailOf, subjectOf } from "../finding/subject_of.ts";

/** Warns of columns whose values the copy of a rebuild leaves out. */
export function forgottenColumnFindings(step: RehearsedStep): readonly Finding[] {
  return step.forgotten.map(({ table, column, place }) =>
    finding(
      "WARNING",
      "copy-forgets-column",
      subjectOf(step),
      `Rebuilding "${table}" does not copy "${column}", which the old table and the new one both ` +
        `have; add it to both lists of the INSERT`,
      { ...detailOf(place), about: `${table}.${column}` },
    )
  );
}
