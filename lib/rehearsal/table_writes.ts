// Notes what the statements of a step write to the tables from before it. Pure; runs anywhere.

import { type Access, isTemporary, isWrite } from "../sqlite/access.ts";
import type { Table } from "../sqlite/schema.ts";
import type { TableFate } from "../sqlite/schema_diff.ts";
import type { Lineage, Origin } from "../sqlite/schema_lineage.ts";
import type { Handover, WatchedTable, Writes } from "./rehearsal.ts";
import type { Conflicts } from "./replaced_rows.ts";

/** What was written to one table so far. */
interface Written extends Record<keyof Writes, unknown> {
  inserts: boolean;
  replaces: boolean;
  deletes: boolean;
  displaces: boolean;
  readonly updates: Set<string>;
}

/** A table from before the step that a statement drops. */
interface Drop {
  readonly number: number;
  readonly name: string;
  readonly origin: Origin;
  /** The tables that are there then, without those that no statement has changed. */
  readonly names: ReadonlyMap<Origin, string>;
}

/** The writes of one step, by the names that tables and columns had before it. */
export class TableWrites {
  readonly #lineage: Lineage;
  readonly #written = new Map<string, Written>();
  readonly #drops = new Map<string, Drop>();
  readonly #withoutOwnRows = new Set<string>();
  // The last statement that writes to a table, also to a new one.
  readonly #lastWrite = new Map<Origin, number>();

  constructor(lineage: Lineage) {
    this.#lineage = lineage;
  }

  /**
   * Notes a statement before it runs. `conflicts` says whether its inserts and its updates may take
   * the place of other rows. Returns the tables that it is the first to update.
   */
  note(
    number: number,
    accesses: readonly Access[],
    find: (name: string) => Table | null,
    conflicts: Conflicts,
  ): readonly string[] {
    const updatedFirst = new Set<string>();
    const dropped = new Set<string>();
    for (const access of accesses) {
      if (isTemporary(access)) continue;
      if (access.kind === "drop" && access.object === "table") {
        dropped.add(access.name);
        this.#noteDrop(number, find(access.name));
      }
    }
    for (const access of accesses) {
      if (isTemporary(access) || !isWrite(access)) continue;
      const table = find(access.table);
      // The authorizer also reports a DELETE when a table is dropped.
      if (table === null || dropped.has(access.table)) continue;
      const origin = this.#lineage.at(table);
      this.#lastWrite.set(origin, number);
      if (origin.table === null) continue;
      const written = this.#writtenTo(origin.table);
      const wasUpdated = written.updates.size > 0 || written.replaces;
      if (access.kind === "delete") written.deletes = true;
      if (access.kind === "insert") {
        written.inserts = true;
        written.replaces ||= conflicts.insertsReplace;
      }
      if (access.kind === "update") written.displaces ||= conflicts.updatesReplace;
      if (access.kind === "update" && access.column !== null) {
        // The row number is no column. A column that is new with the step held nothing before it.
        const column = origin.columns.has(access.column)
          ? origin.columns.get(access.column) ?? null
          : access.column;
        if (column !== null) written.updates.add(column);
      }
      if (!wasUpdated && (written.updates.size > 0 || written.replaces)) {
        updatedFirst.add(origin.table);
      }
    }
    return [...updatedFirst];
  }

  /** Notes that a table has no rows that could be lost, or none that can be read. */
  ignore(table: Table): void {
    const { table: origin } = this.#lineage.at(table);
    if (origin !== null) this.#withoutOwnRows.add(origin);
  }

  /** The names, before the step, of the tables that statements wrote to. */
  get written(): readonly string[] {
    return [...this.#written.keys()];
  }

  /** The tables that may lose rows or values, after the last statement. */
  watched(fates: readonly TableFate[]): readonly WatchedTable[] {
    return fates.flatMap((fate): readonly WatchedTable[] => {
      const { before, after, droppedColumns } = fate;
      if (this.#withoutOwnRows.has(before.name)) return [];
      const written = this.#written.get(before.name);
      const drop = this.#drops.get(before.name);
      const isTouched = written !== undefined || drop !== undefined || droppedColumns.length > 0;
      if (!isTouched) return [];
      return [{
        ...fate,
        name: before.name,
        isDropped: drop !== undefined,
        writes: {
          inserts: written?.inserts ?? false,
          replaces: written?.replaces ?? false,
          deletes: written?.deletes ?? false,
          displaces: written?.displaces ?? false,
          updates: [...written?.updates ?? []],
        },
        handover: drop === undefined || after === null ? null : this.#handover(drop, before, after),
      }];
    });
  }

  #writtenTo(table: string): Written {
    const known = this.#written.get(table);
    if (known !== undefined) return known;
    const written = {
      inserts: false,
      replaces: false,
      deletes: false,
      displaces: false,
      updates: new Set<string>(),
    };
    this.#written.set(table, written);
    return written;
  }

  #noteDrop(number: number, table: Table | null): void {
    if (table === null) return;
    const origin = this.#lineage.at(table);
    if (origin.table === null) return;
    const { names } = this.#lineage;
    this.#drops.set(origin.table, { number, name: table.name, origin, names });
  }

  // In a rebuild the old table and the new one are both there, each in its final form, just before
  // the old one is dropped; the object of the lineage that is the same at both times says so.
  #handover({ number, name, origin, names }: Drop, before: Table, after: Table): Handover | null {
    if (this.#lastWrite.has(origin) || !isUnchanged(origin, before)) return null;
    const final = this.#lineage.at(after);
    const isUntouched = final.table !== null && ![...names.values()].includes(final.table) &&
      isUnchanged(final, after);
    const successor = names.get(final) ?? (isUntouched ? final.table : null);
    if (successor === null || (this.#lastWrite.get(final) ?? 0) > number) return null;
    return { number, name, successor };
  }
}

/** Whether a table has the columns that it had before the step, under the same names. */
function isUnchanged({ columns }: Origin, table: Table): boolean {
  return columns.size === table.columns.length &&
    [...columns].every(([name, former]) => name === former);
}
