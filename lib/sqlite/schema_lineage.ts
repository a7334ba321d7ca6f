// Follows tables and columns through a migration, so that a rename is not mistaken for a loss.
// Pure.

import type { AlterForm } from "./access.ts";
import type { Schema, Table } from "./schema.ts";

/**
 * A table and the table that it was when the migration began; `null` if it is new. The object stays
 * the same for as long as no statement changes the table's columns.
 */
export interface Origin {
  readonly table: string | null;
  /** The former column of each present column; `null` for a new one. */
  readonly columns: ReadonlyMap<string, string | null>;
}

/** The origins of the present tables, by their present names. */
export type Lineage = ReadonlyMap<string, Origin>;

/** The lineage before the first statement: each table and column is its own origin. */
export function startLineage(schema: Schema): Lineage {
  return new Map(schema.tables.map((table) => [table.name, {
    table: table.name,
    columns: new Map(table.columns.map(({ name }) => [name, name])),
  }]));
}

/** The lineage after a statement that turned `before` into `after`. */
export function followStatement(
  lineage: Lineage,
  before: Schema,
  after: Schema,
  alter: AlterForm | null,
): Lineage {
  const was = byName(before);
  const is = byName(after);
  const gone = before.tables.filter(({ name }) => !is.has(name));
  return new Map(after.tables.map((table) => {
    const same = was.get(table.name);
    if (same !== undefined) {
      const origin = lineage.get(table.name);
      return [table.name, followColumns(origin, same, table, alter)];
    }
    const [renamed] = gone;
    const origin = alter === "rename-table" && renamed !== undefined
      ? lineage.get(renamed.name)
      : undefined;
    return [table.name, origin ?? newTable(table)];
  }));
}

function followColumns(
  origin: Origin | undefined,
  before: Table,
  after: Table,
  alter: AlterForm | null,
): Origin {
  if (origin !== undefined && before.columns === after.columns) return origin;
  const former = origin?.columns ?? new Map<string, string | null>();
  const gone = before.columns.filter(({ name }) =>
    !after.columns.some((column) => column.name === name)
  );
  const [renamed] = gone;
  const columns = after.columns.map(({ name }): readonly [string, string | null] => {
    const kept = before.columns.some((column) => column.name === name);
    if (kept) return [name, former.get(name) ?? null];
    if (alter === "rename-column" && renamed !== undefined) {
      return [name, former.get(renamed.name) ?? null];
    }
    return [name, null];
  });
  return { table: origin?.table ?? null, columns: new Map(columns) };
}

function newTable(table: Table): Origin {
  return { table: null, columns: new Map(table.columns.map(({ name }) => [name, null])) };
}

function byName(schema: Schema): ReadonlyMap<string, Table> {
  return new Map(schema.tables.map((table) => [table.name, table]));
}
