// Puts together what a step did, from its statements and the change of the schema. Pure.

import type { PlanStep } from "../plan/migration_plan.ts";
import { schemaDelta } from "../sqlite/schema_delta.ts";
import type { RehearsedStep } from "./rehearsal.ts";
import type { StepNotes } from "./rehearse_step.ts";

/** The facts that follow from a step by itself. */
export type StepFacts = Omit<
  RehearsedStep,
  | "broken"
  | "faultyKeys"
  | "strays"
  | "brokenQueries"
  | "reservedNames"
  | "reservedReferences"
>;

/**
 * Describes a step after it has run on a shadow with `schema`; `isExact` says whether the shadow
 * had exactly the live schema before it.
 */
export function stepFacts(
  { direction, version, name, file }: PlanStep,
  notes: StepNotes,
  isExact: boolean,
): StepFacts {
  const { slice } = notes.changes;
  const diff = notes.changes.describe();
  const { changes, fates } = diff;
  const renamed = fates.flatMap(({ before: { name: was }, after }) =>
    after === null || after.name === was ? [] : [{ was, name: after.name }]
  );
  const changed = new Set(fates.map(({ before }) => before.name));
  const { written } = notes.writes;
  const watched = notes.writes.watched(fates);
  return {
    direction,
    version,
    name,
    file,
    statementCount: notes.statementCount,
    statements: notes.statements,
    changes,
    watched,
    fates,
    renamed,
    lost: notes.lost.lost(slice, diff),
    gained: notes.gained.gained(fates),
    forgotten: notes.forgotten.forgotten(watched),
    touched: notes.hasUnrehearsed ? null : [...new Set([...changed, ...written])],
    schemaDelta: isExact && !notes.hasUnrehearsed ? schemaDelta(slice) : null,
    complete: notes.complete,
  };
}
