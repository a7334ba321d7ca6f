// Finds the column to which the values of another one have moved.

import type { WatchedTable } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { integerOf } from "../sqlite/row.ts";
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

// Enough rows to rule out nearly all columns that hold other values.
const SAMPLE_ROWS = 100;

/**
 * The column that holds, in each row that is left, the value that `column` had there; `null` if
 * there is none. An old column must have taken each of these values, and not have held it before.
 */
export function movedTo(connection: Connection, sides: Sides, column: string): string | null {
  const found = likelyTargets(connection, sides, column).find((candidate) =>
    connection.integer(
      `SELECT EXISTS (SELECT 1 ${joinSides(sides, "JOIN")}
         WHERE ${misses(sides, column, candidate)})`,
    ) === 0
  );
  return found?.name ?? null;
}

/**
 * The new column to which a dropped one seems to have moved, by some rows; `null` if there is none.
 */
export function likelyTarget(
  connection: Connection,
  sides: Sides,
  column: string,
): Sides["added"][number] | null {
  const likely = likelyTargets(connection, sides, column);
  return sides.added.find(({ name }) => likely.some((each) => each.name === name)) ?? null;
}

function likelyTargets(
  connection: Connection,
  sides: Sides,
  column: string,
): readonly Candidate[] {
  const candidates: readonly Candidate[] = [
    ...sides.added.map((each) => ({ ...each, before: null })),
    ...sides.kept.filter(({ name }) => name !== column),
  ];
  return candidates.filter((candidate) => {
    const [sample] = connection.rows(
      `SELECT count(*) AS taken, total(missed) AS missed FROM (
         SELECT ${misses(sides, column, candidate)} AS missed
         ${joinSides(sides, "JOIN")} WHERE ${isLostFrom(sides, column)} LIMIT ${SAMPLE_ROWS})`,
    );
    return sample !== undefined && integerOf(sample, "taken") > 0 &&
      integerOf(sample, "missed") === 0;
  });
}

/** Whether the candidate does not hold the value of a row that is left. */
function misses(sides: Sides, column: string, { before, after }: Candidate): string {
  const value = valueBefore(sides, column);
  const differs = isLost(value, `a.${after}`);
  return before === null
    ? differs
    : `(${differs} OR ${isLostFrom(sides, column)} AND NOT ${isLost(value, `b.${before}`)})`;
}

function isLostFrom(sides: Sides, column: string): string {
  const value = valueBefore(sides, column);
  const kept = sides.kept.find(({ name }) => name === column);
  return kept === undefined ? `${value} IS NOT NULL` : isLost(value, `a.${kept.after}`);
}

function valueBefore({ kept, dropped }: Sides, column: string): string {
  const found = [...kept, ...dropped].find(({ name }) => name === column);
  if (found === undefined) throw new Error(`There is no column ${column} to compare`);
  return `b.${found.before}`;
}

/**
 * The changes of a step, in which a column that was dropped and moved is a column that was renamed.
 */
export function renameMovedColumns(
  changes: readonly SchemaChange[],
  watched: readonly WatchedTable[],
  moved: readonly MovedColumn[],
): readonly SchemaChange[] {
  return moved.reduce((present, { table, column, to }): readonly SchemaChange[] => {
    const owner = watched.find(({ name }) => name === table)?.after?.name;
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
