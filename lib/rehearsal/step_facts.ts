// Puts together what a step did, from its statements and the change of the schema. Pure.

import type { PlanStep } from "../plan/migration_plan.ts";
import { schemaDelta } from "../sqlite/schema_delta.ts";
import { describeChange, type TableFate } from "../sqlite/schema_diff.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import type { RehearsedStep, WatchedTable } from "./rehearsal.ts";
import type { StepNotes } from "./rehearse_step.ts";

/** The facts that follow from a step by itself. */
export type StepFacts = Omit<
  RehearsedStep,
  "broken" | "faultyKeys" | "strays" | "reservedNames" | "reservedReferences"
>;

/**
 * Describes a step after it has run on a shadow with `schema`; `isExact` says whether the shadow was like
 * the live schema before it.
 */
export function stepFacts(
  { direction, version, name, file }: PlanStep,
  notes: StepNotes,
  schema: SchemaFollower,
  isExact: boolean,
): StepFacts {
  const { slice } = notes.changes;
  const { changes, fates } = describeChange(slice, notes.lineage);
  const renamed = fates.flatMap(({ before: { name: was }, after }) =>
    after === null || after.name === was ? [] : [{ was, name: after.name }]
  );
  const kept = new Set(
    fates.flatMap(({ before, after }) => (after === null ? [] : [before.name])),
  );
  const changed = new Set(fates.map(({ before }) => before.name));
  const rewritten = [...notes.written].filter((table) => !changed.has(table));
  return {
    direction,
    version,
    name,
    file,
    statementCount: notes.statementCount,
    statements: notes.statements,
    writing: notes.writing,
    changes,
    watched: [...fates, ...rewritten.flatMap((table) => unchangedFate(table, schema))]
      .flatMap((fate) => watch(fate, notes)),
    renamed,
    lost: changes.flatMap((change) =>
      change.change === "removed" && (change.object === "index" || change.object === "trigger") &&
        change.table !== null && kept.has(change.table) &&
        !notes.droppedByName.has(change.name.toLowerCase())
        ? [{ object: change.object, table: change.table, name: change.name }]
        : []
    ),
    touched: notes.hasUnrehearsed ? null : [...new Set([...changed, ...notes.written])],
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
    isNullable: !column.notNull,
  }));
  return [{ before: table, after: table, droppedColumns: [], keptColumns }];
}

function watch(
  { before, after, droppedColumns, keptColumns }: TableFate,
  notes: StepNotes,
): readonly WatchedTable[] {
  const { name, kind } = before;
  // Its rows are another table's.
  if (kind === "index") return [];
  const isDropped = notes.droppedTables.has(name);
  const isTouched = notes.written.has(name);
  if (!isDropped && !isTouched && droppedColumns.length === 0) return [];
  return [{
    name,
    nameAfter: after?.name ?? null,
    droppedColumns,
    keptColumns: kind === "table" && (isDropped || notes.updated.has(name))
      ? keptColumns.filter(({ isNullable }) => isNullable)
      : [],
    mayLoseRows: isDropped || notes.deletedFrom.has(name),
  }];
}
