// Compares the rows of a table whose key was updated: by the keys that are left, and the rest by
// content.

import type { Connection } from "../sqlite/connection.ts";
import { compareByKey, sumLosses } from "./compare_by_key.ts";
import { compareWholeRows, type WholeRowLosses } from "./compare_whole_rows.ts";
import { joinSides, type NamedPair, type Sides } from "./sides.ts";
import type { Snapshots } from "./snapshots.ts";

/** A table whose key was updated. */
export interface UpdatedKey {
  /** Joined by the whole key, whose columns are `kept` too. */
  readonly sides: Sides;
  readonly updatedKey: readonly NamedPair[];
  /** The columns that were updated if no row can be gone; `null` if one can. */
  readonly rewritten: readonly NamedPair[] | null;
}

/**
 * Compares rows whose key is left by it. A row whose key is gone is the same as one with a new key
 * if what was not updated of the key, and all other columns, are equal.
 */
export function compareUpdatedKey(
  connection: Connection,
  snapshots: Snapshots,
  { sides, updatedKey, rewritten }: UpdatedKey,
): WholeRowLosses {
  const byKey = compareByKey(connection, sides);
  const [one] = sides.key;
  if (one === undefined) throw new Error("Rows are compared by a key of no columns");
  const rest = compareWholeRows(connection, snapshots, {
    before: `(SELECT b.* ${joinSides(sides, "LEFT JOIN")} WHERE a.${one.after} IS NULL)`,
    after: `(SELECT a.* ${joinSides(sides, "RIGHT JOIN")} WHERE b.${one.before} IS NULL)`,
    columns: sides.kept.filter(({ name }) => !updatedKey.some((pair) => pair.name === name)),
    updatedKey,
    rewritten,
  });
  return { ...rest, values: sumLosses([...byKey.values, ...rest.values]) };
}
