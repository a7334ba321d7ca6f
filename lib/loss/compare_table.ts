// Chooses how a table is compared with its successor, and compares it.

import type { WatchedTable } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import type { Table } from "../sqlite/schema.ts";
import { type ColumnLoss, compareByKey, countDropped, type RowLosses } from "./compare_by_key.ts";
import { compareUpdatedKey } from "./compare_updated_key.ts";
import { compareWholeRows } from "./compare_whole_rows.ts";
import type { MovedColumn } from "./data_loss.ts";
import { droppedValues, keyedQueries, type LossQueries } from "./loss_examples.ts";
import { likelyTarget, movedTo } from "./moved_column.ts";
import { rowIdentity } from "./row_identity.ts";
import type { ColumnPair, NamedPair, Sides } from "./sides.ts";
import type { Snapshots } from "./snapshots.ts";
import { unlessRefused } from "../sqlite/unless_refused.ts";

/** A table to compare, and where its rows are. */
export interface TableSides {
  readonly table: WatchedTable;
  readonly successor: Table;
  /** The old table or its copy, and the present table, as terms that can follow FROM. */
  readonly before: string;
  readonly after: string;
  /** What the former columns are called in `before`; a column that is missing did not change. */
  readonly columns: ReadonlyMap<string, string>;
  /** What the row number is called in `before`. */
  readonly rowid: string | null;
  /** Whether a value that another column has taken counts as kept. */
  readonly mayMove: boolean;
}

/** What a table lost; values that moved to another column are not among it. */
export interface TableComparison {
  readonly losses: RowLosses;
  readonly moved: readonly MovedColumn[];
  /** Where what is lost can be read. */
  readonly queries: LossQueries;
}

/** Compares a table by its key, by row numbers, or by whole rows where it has neither. */
export function compareTable(
  connection: Connection,
  snapshots: Snapshots,
  compared: TableSides,
): TableComparison {
  const keyed = byIdentity(connection, snapshots, compared);
  if (keyed === null) {
    return { ...byContent(connection, snapshots, compared), moved: [] };
  }
  const { sides, losses, moved } = keyed;
  const hasNotMoved = ({ column }: ColumnLoss): boolean =>
    !compared.mayMove || movedTo(connection, sides, column) === null;
  const isInNewColumn = new Set(moved.map(({ column }) => column));
  const dropped = sides.dropped.filter(({ name }) => !isInNewColumn.has(name));
  const gone = countDropped(connection, { before: sides.before, dropped });
  return {
    losses: { ...losses, values: [...gone, ...losses.values].filter(hasNotMoved) },
    moved,
    queries: keyedQueries(sides, compared.columns),
  };
}

// A key whose collation is missing cannot be looked up.
function byIdentity(
  connection: Connection,
  snapshots: Snapshots,
  compared: TableSides,
): KeyedComparison | null {
  const keyed = unlessRefused(() => byPrimaryKey(connection, snapshots, compared));
  if (keyed !== null) return keyed;
  const numbered = byRowid(connection, compared);
  if (numbered?.losses.rows === 0) return numbered;
  // An UPDATE of a key may write the key that was there, such as that of an UPSERT.
  const sides = updatedKeySides(compared);
  const updated = sides === null ? null : compare(connection, compared, sides);
  if (updated?.losses.rows === 0) return updated;
  // The number of a row can be a column of a virtual table, and be updated.
  const isRenumbered = compared.table.before.kind !== "table" && rewrittenIn(compared) !== null;
  return isRenumbered ? null : numbered;
}

/** What a comparison by a key found, before values that moved within old columns are left out. */
interface KeyedComparison {
  readonly sides: Sides;
  readonly losses: RowLosses;
  readonly moved: readonly MovedColumn[];
}

// A dropped column is compared with the new one that seems to have its values, in the same scan.
function compare(connection: Connection, compared: TableSides, sides: Sides): KeyedComparison {
  const renamed = sides.added.length === 0 ? [] : sides.dropped.flatMap(({ name, before }) => {
    const target = likelyTarget(connection, sides, name);
    return target === null ? [] : [{ name, before, after: target.after, to: target.name }];
  });
  const { rows, values } = compareByKey(connection, {
    ...sides,
    kept: [...sides.kept, ...renamed],
  });
  const isLossless = ({ name }: { readonly name: string }): boolean =>
    !values.some(({ column }) => column === name);
  return {
    sides,
    losses: {
      rows,
      values: values.filter(({ column }) => !renamed.some(({ name }) => name === column)),
    },
    moved: renamed.filter(isLossless).map(({ name: column, to }) => ({
      table: compared.table.name,
      column,
      to,
    })),
  };
}

function byPrimaryKey(
  connection: Connection,
  snapshots: Snapshots,
  compared: TableSides,
): KeyedComparison | null {
  const { primaryKey, isKeyAfter, nullable } = rowIdentity(compared.table, compared.successor);
  if (primaryKey === null) return null;
  const key = inBefore(compared, primaryKey);
  const mayBeNull = inBefore(compared, nullable).map(({ before }) => `${before} IS NULL`);
  if (mayBeNull.length > 0) {
    const hasNull = `SELECT EXISTS (SELECT 1 FROM ${compared.before} WHERE ${
      mayBeNull.join(" OR ")
    })`;
    if (connection.integer(hasNull) === 1) return null;
  }
  const sides = isKeyAfter
    ? sidesOf(compared, key)
    : withIndex(connection, snapshots, sidesOf(compared, key));
  return sides === null ? null : compare(connection, compared, sides);
}

/**
 * The sides with a copy of the rows after, indexed by a key that is no longer one; `null` if it
 * repeats.
 */
function withIndex(connection: Connection, snapshots: Snapshots, sides: Sides): Sides | null {
  const columns = [...sides.key, ...sides.kept, ...sides.added].map(({ after }) => after);
  const after = snapshots.copy(sides.after, columns, sides.key.length);
  const key = sides.key.map(({ before }, at) => ({ before, after: `c${at}` }));
  const repeats = `SELECT EXISTS (SELECT 1 FROM ${after}
    GROUP BY ${key.map((pair) => pair.after).join(", ")} HAVING count(*) > 1)`;
  if (connection.integer(repeats) === 1) return null;
  return {
    ...sides,
    after,
    key,
    kept: sides.kept.map((pair, at) => ({ ...pair, after: `c${key.length + at}` })),
    added: sides.added.map((column, at) => ({
      ...column,
      after: `c${key.length + sides.kept.length + at}`,
    })),
  };
}

// The rows of a rebuilt table are numbered anew. A number counts as the same row only if every
// number is there and one column has all its values.
function byRowid(connection: Connection, compared: TableSides): KeyedComparison | null {
  const { rowid } = rowIdentity(compared.table, compared.successor);
  if (rowid === null || compared.rowid === null) return null;
  const sides = sidesOf(compared, [{ before: compared.rowid, after: rowid.after }]);
  const comparison = compare(connection, compared, sides);
  if (!compared.table.isDropped) return comparison;
  const { losses } = comparison;
  const lossy = new Set(losses.values.map(({ column }) => column));
  const isLossless = sides.kept.every(({ name }) => !lossy.has(name));
  const hasWitness = sides.kept.some(({ name, before }) =>
    !lossy.has(name) &&
    connection.integer(
        `SELECT EXISTS (SELECT 1 FROM ${sides.before} WHERE ${before} IS NOT NULL)`,
      ) === 1
  );
  return losses.rows === 0 && (isLossless || hasWitness) ? comparison : null;
}

function byContent(
  connection: Connection,
  snapshots: Snapshots,
  compared: TableSides,
): Pick<TableComparison, "losses" | "queries"> {
  const { table, successor, before, after } = compared;
  const { kept, dropped } = sidesOf(compared, []);
  const updatedKey = inBefore(compared, rowIdentity(table, successor).updatedKey);
  const rewritten = rewrittenIn(compared);
  const sides = updatedKeySides(compared);
  const whole = sides !== null
    ? compareUpdatedKey(connection, snapshots, { sides, updatedKey, rewritten })
    : compareWholeRows(connection, snapshots, {
      before,
      after,
      columns: kept.filter(({ name }) => !updatedKey.some((pair) => pair.name === name)),
      updatedKey,
      rewritten,
    });
  const gone = countDropped(connection, { before, dropped });
  return {
    losses: { rows: whole.rows, values: [...gone, ...whole.values] },
    queries: {
      rows: () => whole.gone,
      // Those of rows that have kept their key.
      values: (column) =>
        droppedValues({ before, dropped }, column, []) ??
          (sides === null ? null : keyedQueries(sides, compared.columns).values(column)),
    },
  };
}

/** The sides joined by a key that was updated; `null` if rows cannot be looked up by it. */
function updatedKeySides(compared: TableSides): Sides | null {
  const { table, successor } = compared;
  const { formerKey, updatedKey, isKeyAfter } = rowIdentity(table, successor);
  if (formerKey === null || updatedKey.length === 0 || !isKeyAfter || table.isDropped) return null;
  const key = inBefore(compared, formerKey);
  return key.length === formerKey.length ? sidesOf(compared, key) : null;
}

/** The updated columns if no statement can have deleted a row; `null` if one can. */
function rewrittenIn(compared: TableSides): readonly NamedPair[] | null {
  const { isDropped, writes } = compared.table;
  if (isDropped || writes.deletes || writes.replaces || writes.displaces) return null;
  return sidesOf(compared, []).kept.filter(({ name }) => writes.updates.includes(name));
}

function sidesOf(compared: TableSides, key: readonly ColumnPair[]): Sides {
  const { table, before, after, columns } = compared;
  return {
    before,
    after,
    key,
    kept: inBefore(
      compared,
      table.keptColumns.map(({ name, nameAfter }) => ({ name, after: quoteIdentifier(nameAfter) })),
    ),
    dropped: table.droppedColumns.flatMap((name) => {
      const present = columns.get(name);
      return present === undefined ? [] : [{ name, before: present }];
    }),
    added: table.addedColumns.map((name) => ({ name, after: quoteIdentifier(name) })),
  };
}

function inBefore(
  { columns }: TableSides,
  pairs: readonly Pick<NamedPair, "name" | "after">[],
): readonly NamedPair[] {
  return pairs.flatMap(({ name, after }) => {
    const before = columns.get(name);
    return before === undefined ? [] : [{ name, before, after }];
  });
}
