// Findings about statements that would set off actions of foreign keys. Pure; runs anywhere.

import { type Finding, finding } from "../finding/finding.ts";
import { detailOf, subjectOf } from "../finding/subject_of.ts";
import type { RehearsedStep } from "../rehearsal/rehearsal.ts";

/**
 * Warns, once for a file, that actions do not fire. Whether there are rows for them is found when
 * the step runs.
 */
export function foreignKeyActionFindings(step: RehearsedStep): readonly Finding[] {
  const statements = step.statements.filter(({ actionsOf }) => actionsOf.length > 0);
  const [first] = statements;
  if (first === undefined) return [];
  const parents = new Set(statements.flatMap(({ actionsOf }) => actionsOf));
  const names = [...parents].map((name) => `"${name}"`).join(", ");
  const message =
    `Children of ${names} have an action for this, and actions do not fire in a migration; ` +
    `write "-- foreign-keys: on" above "-- UP" if they are meant to, or "-- foreign-keys: off" if not`;
  return [finding("WARNING", "foreign-key-action", subjectOf(step), message, detailOf(first))];
}
