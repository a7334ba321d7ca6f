// Finds unique keys that a step gives to tables from before it: indexes, and constraints by a
// rebuild.

import type { SourcePlace } from "../finding/source_text.ts";
import { type Access, isTemporary } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { TableFate } from "../sqlite/schema_diff.ts";
import { type UniqueKey, uniqueKeys } from "../sqlite/unique_keys.ts";

/** A unique key that rows from before the step may violate. */
export interface GainedKey {
  /** The table, by its name before the step. */
  readonly table: string;
  /** As they are called after the step. */
  readonly columns: readonly string[];
  /** The statement that creates the last index on the table; `null` where a rebuild made the key. */
  readonly place: SourcePlace | null;
}

/** The keys of a table before the step. */
interface KnownKeys {
  readonly keys: readonly UniqueKey[];
  place: SourcePlace | null;
}

/** Watches the statements of a step. */
export class GainedKeys {
  readonly #shadow: Connection;
  readonly #known = new Map<string, KnownKeys>();

  constructor(shadow: Connection) {
    this.#shadow = shadow;
  }

  /**
   * Notes a statement before it runs. `originOf` says what a table was called before the step;
   * `null` for a new one.
   */
  note(
    accesses: readonly Access[],
    originOf: (table: string) => string | null,
    placeOf: () => SourcePlace,
  ): void {
    for (const access of accesses) {
      if (isTemporary(access)) continue;
      const table = changedTable(access);
      const origin = table === null ? null : originOf(table);
      if (table === null || origin === null) continue;
      const known = this.#known.get(origin) ??
        { keys: uniqueKeys(this.#shadow, table), place: null };
      this.#known.set(origin, known);
      if (access.kind === "create" && access.object === "index") known.place = placeOf();
    }
  }

  /** The keys that are new, when the shadow has the schema after the step. */
  gained(fates: readonly TableFate[]): readonly GainedKey[] {
    return [...this.#known].flatMap(([table, { keys, place }]) => {
      const fate = fates.find(({ before }) => before.name === table);
      if (fate?.after === null) return [];
      const nameAfter = (column: string): string | null =>
        fate === undefined
          ? column
          : fate.keptColumns.find(({ name }) => name === column)?.nameAfter ?? null;
      const old = keys.map((key) => termsOf(key, nameAfter));
      const added = new Set(fate?.addedColumns ?? []);
      return uniqueKeys(this.#shadow, fate?.after?.name ?? table)
        .filter((key) => !isImplied(termsOf(key, (column) => column), old))
        // Rows have the same value, or none, in a column that is new.
        .filter(({ terms }) => !terms.some(({ column }) => added.has(column)))
        .map(({ terms }) => ({ table, columns: terms.map(({ column }) => column), place }));
    });
  }
}

function changedTable(access: Access): string | null {
  if (access.kind === "alter-table") return access.table;
  if (access.kind !== "create" && access.kind !== "drop") return null;
  if (access.object === "index") return access.table;
  return access.kind === "drop" && access.object === "table" ? access.name : null;
}

function termsOf(
  { terms }: UniqueKey,
  nameAfter: (column: string) => string | null,
): readonly string[] {
  return terms.map(({ column, collation }) => `${foldName(nameAfter(column) ?? "")} ${collation}`);
}

// What is unique in some columns is unique in more.
function isImplied(terms: readonly string[], old: readonly (readonly string[])[]): boolean {
  return old.some((key) => key.every((term) => terms.includes(term)));
}
