// Finds the column to which the values of another one have moved.

import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import type { SchemaChange } from "../sqlite/schema_diff.ts";
import type { MovedColumn } from "./data_loss.ts";
import { isLost, joinSides, type Sides } from "./sides.ts";

/** A column that may hold the values now. */
interface Candidate {
  readonly name: string;
  readonly after: string;
  /** `null` for a new column. */
  readonly before: string | null;
}

/**
 * The column that holds, in each row that is left, the value that `column` had there; `null` if there
 * is none. An old column must have taken each of these values, and not have held it before.
 */
export function movedTo(connection: Connection, sides: Sides, column: string): string | null {
  const from = [...sides.dropped, ...sides.kept].find(({ name }) => name === column);
  if (from === undefined) return null;
  const value = `b.${from.before}`;
  const lost = "after" in from ? isLost(value, `a.${from.after}`) : `${value} IS NOT NULL`;
  const misses = ({ before, after }: Candidate): string => {
    const differs = isLost(value, `a.${after}`);
    return before === null
      ? differs
      : `(${differs} OR ${lost} AND NOT ${isLost(value, `b.${before}`)})`;
  };
  const candidates: readonly Candidate[] = [
    ...sides.added.map((each) => ({ ...each, before: null })),
    ...sides.kept.filter(({ name }) => name !== column),
  ];
  // One row rules out nearly all of them.
  const likely = candidates.filter((candidate) =>
    connection.value(
      `SELECT ${misses(candidate)} ${joinSides(sides, "JOIN")} WHERE ${lost} LIMIT 1`,
    ) === 0
  );
  const found = likely.find((candidate) =>
    connection.integer(
      `SELECT EXISTS (SELECT 1 ${joinSides(sides, "JOIN")}
         WHERE ${value} IS NOT NULL AND ${misses(candidate)})`,
    ) === 0
  );
  return found?.name ?? null;
}

/** The changes of a step, in which a column that was dropped and moved is a column that was renamed. */
export function renameMovedColumns(
  { changes, watched }: Pick<RehearsedStep, "changes" | "watched">,
  moved: readonly MovedColumn[],
): readonly SchemaChange[] {
  return moved.reduce((present, { table, column, to }): readonly SchemaChange[] => {
    const owner = watched.find(({ name }) => name === table)?.nameAfter;
    const isColumn = (change: SchemaChange, kind: SchemaChange["change"], name: string): boolean =>
      change.change === kind && change.object === "column" && change.table === owner &&
      change.name === name;
    return present.flatMap((change) => {
      if (isColumn(change, "added", to)) return [];
      return isColumn(change, "removed", column)
        ? [{ ...change, change: "renamed", name: to, detail: `was ${column}` } as const]
        : [change];
    });
  }, changes);
}
