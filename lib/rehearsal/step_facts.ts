// Puts together what a step did, from its statements and the change of the schema. Pure.

import type { PlanStep } from "../plan/migration_plan.ts";
import { schemaDelta } from "../sqlite/schema_delta.ts";
import { describeChange, type TableFate } from "../sqlite/schema_diff.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import type { RehearsedStep } from "./rehearsal.ts";
import type { StepNotes } from "./rehearse_step.ts";

/** The facts that follow from a step by itself. */
export type StepFacts = Omit<
  RehearsedStep,
  "broken" | "faultyKeys" | "strays" | "reservedNames" | "reservedReferences"
>;

/**
 * Describes a step after it has run on a shadow with `schema`; `isExact` says whether the shadow
 * had exactly the live schema before it.
 */
export function stepFacts(
  { direction, version, name, file }: PlanStep,
  notes: StepNotes,
  schema: SchemaFollower,
  isExact: boolean,
): StepFacts {
  const { slice } = notes.changes;
  const diff = describeChange(slice, notes.lineage);
  const { changes, fates } = diff;
  const renamed = fates.flatMap(({ before: { name: was }, after }) =>
    after === null || after.name === was ? [] : [{ was, name: after.name }]
  );
  const changed = new Set(fates.map(({ before }) => before.name));
  const { written } = notes.writes;
  const rewritten = written.filter((table) => !changed.has(table));
  return {
    direction,
    version,
    name,
    file,
    statementCount: notes.statementCount,
    statements: notes.statements,
    changes,
    watched: notes.writes.watched([
      ...fates,
      ...rewritten.flatMap((table) => unchangedFate(table, schema)),
    ]),
    renamed,
    lost: notes.lost.lost(slice, diff),
    touched: notes.hasUnrehearsed ? null : [...new Set([...changed, ...written])],
    schemaDelta: isExact && !notes.hasUnrehearsed ? schemaDelta(slice) : null,
    complete: notes.complete,
  };
}

function unchangedFate(name: string, schema: SchemaFollower): readonly TableFate[] {
  const table = schema.table(name);
  if (table === null) return [];
  const keptColumns = table.columns.filter(({ generated }) => !generated).map((column) => ({
    name: column.name,
    nameAfter: column.name,
  }));
  return [{ before: table, after: table, droppedColumns: [], keptColumns, addedColumns: [] }];
}
