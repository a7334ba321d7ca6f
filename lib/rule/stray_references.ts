// Findings about keys, views and triggers that follow a table to its new name. Pure; runs anywhere.

import { type Finding, finding } from "../finding/finding.ts";
import { detailOf, subjectOf } from "../finding/subject_of.ts";
import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { StrayReference } from "../rehearsal/stray_references.ts";

/** Why an object uses a table that was renamed, and the order of statements that avoids it. */
export interface RenameAdvice {
  /** Follows the sentence that says what does not work. */
  readonly reason: string;
  readonly remedy: string;
}

/** The advice about a missing table that had its name from a RENAME; `null` for any other table. */
export function renameAdvice(step: RehearsedStep, missing: string | null): RenameAdvice | null {
  const stray = step.strays.find(({ now }) =>
    missing !== null && foldName(now) === foldName(missing)
  );
  return stray === undefined ? null : {
    reason: `, and the ${renameIn(step, stray)} has put "${stray.now}" into it`,
    remedy: remedyFor(stray),
  };
}

/**
 * Finds those that use the renamed table; `isReported` says whether there is an error about one.
 */
export function strayReferenceFindings(
  step: RehearsedStep,
  isReported: (stray: StrayReference) => boolean,
): readonly Finding[] {
  return step.strays.filter((stray) => !isReported(stray)).map((stray) => {
    const { object, name, was, now, file, place, mendedBy } = stray;
    const user = object === "foreign key"
      ? `the foreign key of "${name}"`
      : `the ${object} "${name}"`;
    const sentence = `The ${renameIn(step, stray)} changes ${user} to "${now}" too, ` +
      `so it does not use the new "${was}"`;
    const message = mendedBy === null
      ? `${sentence}; ${remedyFor(stray)}`
      : `${sentence}, until ${mendedBy.file} has run; join the files if that matters in between`;
    const detail = { about: name, ...(file === step.file ? detailOf(place) : {}) };
    return finding("WARNING", "stray-reference", subjectOf(step), message, detail);
  });
}

function renameIn(step: RehearsedStep, { file, place }: StrayReference): string {
  const line = `RENAME on line ${place.position.line}`;
  return file === step.file ? line : `${line} of ${file}`;
}

function remedyFor({ was }: StrayReference): string {
  return `create the new table under another name, copy the rows, drop "${was}", ` +
    `and rename the new table to "${was}"`;
}
