// Findings about a DOWN that does not undo its UP. Pure; runs anywhere.

import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import { type Finding, finding } from "../finding/finding.ts";
import { subjectOf } from "../finding/subject_of.ts";
import type { SchemaChange } from "../sqlite/schema_diff.ts";

/** Compares the changes of UP, DOWN and the second UP of a file, where they follow each other. */
export function incompleteDownFindings(steps: readonly RehearsedStep[]): readonly Finding[] {
  return steps.flatMap((down, index) => {
    const up = steps[index - 1];
    if (down.direction !== "rollback" || !down.complete) return [];
    if (up?.direction !== "apply" || up.version !== down.version) return [];
    const again = steps[index + 1];
    return [...leftovers(up, down), ...secondUp(again, down)];
  });
}

function leftovers(up: RehearsedStep, down: RehearsedStep): readonly Finding[] {
  const undone = new Set(down.changes.map(keyOf));
  return up.changes.flatMap((change) => {
    if (change.change !== "added" && change.change !== "removed") return [];
    const inverse = change.change === "added" ? "removed" : "added";
    // Where UP renames the table too, DOWN changes it under the name from before.
    const was = up.renamed.find((each) => each.name === change.table)?.was ?? change.table;
    const isUndone = [change.table, was].some((table) =>
      undone.has(keyOf({ ...change, change: inverse, table }))
    );
    if (isUndone) return [];
    const name = change.table === null ? change.name : `${change.table}.${change.name}`;
    const what = `${change.object} "${name}"`;
    const message = change.change === "added"
      ? `DOWN does not drop the ${what}, which UP creates; drop it in DOWN`
      : `DOWN does not restore the ${what}, which UP drops; create it in DOWN`;
    return [finding("WARNING", "incomplete-down", subjectOf(down), message, { about: name })];
  });
}

function secondUp(again: RehearsedStep | undefined, down: RehearsedStep): readonly Finding[] {
  const isSecondUp = again?.direction === "apply" && again.version === down.version;
  if (!isSecondUp || again.complete) return [];
  const problem = again.statements.flatMap(({ problems }) => problems).find(({ kind }) =>
    kind === "sql"
  );
  const reason = problem?.kind === "sql" ? `: ${problem.message}` : "";
  const message =
    `${down.file} cannot be applied again after its DOWN${reason}; make DOWN undo all of UP`;
  return [finding("ERROR", "incomplete-down", subjectOf(down), message)];
}

function keyOf({ change, object, table, name }: SchemaChange): string {
  return `${change}|${object}|${table}|${name}`;
}
