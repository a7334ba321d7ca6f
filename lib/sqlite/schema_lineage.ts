// Follows tables and columns through a migration, so that a rename is not mistaken for a loss.
// Pure; runs anywhere.

import type { AlterForm } from "./access.ts";
import type { Table } from "./schema.ts";
import type { SchemaSlice } from "./schema_slice.ts";

/**
 * Where a table comes from. The object stays the same for as long as no statement changes the
 * table's columns.
 */
export interface Origin {
  /** The table's name when the migration began; `null` if the table is new, or gone. */
  readonly table: string | null;
  /** The former column of each present column; `null` for a new one. */
  readonly columns: ReadonlyMap<string, string | null>;
}

/** A table that a statement dropped, as it was called and had its columns then. */
export interface DroppedTable {
  readonly name: string;
  /** The former column of each column that it had. */
  readonly columns: ReadonlyMap<string, string | null>;
}

const NO_ORIGIN: Origin = { table: null, columns: new Map() };

/** Where the present tables come from. A table that no statement has changed is its own origin. */
export class Lineage {
  readonly #origins = new Map<string, Origin>();
  readonly #dropped = new Map<string, DroppedTable>();

  /** The name that a table had when the migration began; `null` for one that is new, or gone. */
  originOf(table: string): string | null {
    const origin = this.#origins.get(table);
    return origin === undefined ? table : origin.table;
  }

  /** The name that a column of a table had when the migration began; `null` for a new one. */
  columnOriginOf(table: string, column: string): string | null {
    const origin = this.#origins.get(table);
    return origin === undefined ? column : origin.columns.get(column) ?? null;
  }

  /**
   * What a table from before the migration was when it was dropped; `null` if it was not. In a
   * rebuild the new table then takes that name.
   */
  droppedAs(table: string): DroppedTable | null {
    return this.#dropped.get(table) ?? null;
  }

  /** The origin of a table; the object is the same after a rename of the table. */
  at(table: Table): Origin {
    const origin = this.#origin(table);
    this.#origins.set(table.name, origin);
    return origin;
  }

  /** The tables whose origins were followed, by their origins. */
  get names(): ReadonlyMap<Origin, string> {
    return new Map([...this.#origins].map(([name, origin]) => [origin, name]));
  }

  /** Follows a statement that changed the schema; `alter` is its form where it is ALTER TABLE. */
  follow({ before, after }: SchemaSlice, alter: AlterForm | null): void {
    const was = new Map(before.tables.map((table) => [table.name, table]));
    const is = new Set(after.tables.map(({ name }) => name));
    const gone = before.tables.filter(({ name }) => !is.has(name));
    const [renamed] = alter === "rename-table" ? gone : [];
    const origins = after.tables.map((table): readonly [string, Origin] => {
      const same = was.get(table.name);
      if (same !== undefined) return [table.name, this.#followColumns(same, table, alter)];
      return [table.name, renamed === undefined ? newTable(table) : this.#origin(renamed)];
    });
    for (const table of gone) {
      const { table: origin, columns } = this.#origin(table);
      if (table !== renamed && origin !== null) {
        this.#dropped.set(origin, { name: table.name, columns });
      }
      this.#origins.set(table.name, NO_ORIGIN);
    }
    for (const [name, origin] of origins) this.#origins.set(name, origin);
  }

  #origin({ name, columns }: Table): Origin {
    return this.#origins.get(name) ??
      { table: name, columns: new Map(columns.map((column) => [column.name, column.name])) };
  }

  #followColumns(before: Table, after: Table, alter: AlterForm | null): Origin {
    const origin = this.#origin(before);
    if (before.columns === after.columns) return origin;
    const [renamed] = alter === "rename-column" ? columnsGone(before, after) : [];
    const columns = after.columns.map(({ name }): readonly [string, string | null] => {
      const isKept = before.columns.some((column) => column.name === name);
      const former = isKept ? name : renamed;
      return [name, former === undefined ? null : origin.columns.get(former) ?? null];
    });
    return { table: origin.table, columns: new Map(columns) };
  }
}

function columnsGone(before: Table, after: Table): readonly string[] {
  return before.columns.map(({ name }) => name).filter((name) =>
    !after.columns.some((column) => column.name === name)
  );
}

function newTable(table: Table): Origin {
  return { table: null, columns: new Map(table.columns.map(({ name }) => [name, null])) };
}
