// Notes what the statements of a step write to the tables that stood before it. Pure; runs anywhere.

import { type Access, isTemporary } from "../sqlite/access.ts";
import type { TableFate } from "../sqlite/schema_diff.ts";
import type { Lineage, Origin } from "../sqlite/schema_lineage.ts";
import type { Handover, WatchedTable, Writes } from "./rehearsal.ts";

/** What was written to one table so far. */
interface Written extends Record<keyof Writes, unknown> {
  inserts: boolean;
  replaces: boolean;
  deletes: boolean;
  readonly updates: Set<string>;
}

/** A table of old that a statement drops. */
interface Drop {
  readonly number: number;
  readonly name: string;
  readonly lineage: Lineage;
}

/** The writes of one step, by the names that tables and columns had before it. */
export class TableWrites {
  readonly #start: Lineage;
  readonly #written = new Map<string, Written>();
  readonly #drops = new Map<string, Drop>();
  // The last statement that writes to a table, also to a new one.
  readonly #lastWrite = new Map<Origin, number>();

  constructor(start: Lineage) {
    this.#start = start;
  }

  /**
   * Notes a statement that was prepared on the tables of `lineage`. `replaces` says whether its
   * inserts may take the place of other rows. Returns the tables that it is the first to update.
   */
  note(
    number: number,
    accesses: readonly Access[],
    lineage: Lineage,
    replaces: boolean,
  ): readonly string[] {
    const updatedFirst = new Set<string>();
    const dropped = new Set<string>();
    for (const access of accesses) {
      if (isTemporary(access)) continue;
      if (access.kind === "drop" && access.object === "table") {
        dropped.add(access.name);
        const table = lineage.get(access.name)?.table ?? null;
        if (table !== null) this.#drops.set(table, { number, name: access.name, lineage });
      }
    }
    for (const access of accesses) {
      if (isTemporary(access)) continue;
      if (access.kind !== "insert" && access.kind !== "update" && access.kind !== "delete") {
        continue;
      }
      const origin = lineage.get(access.table);
      // The authorizer calls it a DELETE too when a table is dropped.
      if (origin === undefined || dropped.has(access.table)) continue;
      this.#lastWrite.set(origin, number);
      if (origin.table === null) continue;
      const written = this.#writtenTo(origin.table);
      const wasUpdated = written.updates.size > 0 || written.replaces;
      if (access.kind === "delete") written.deletes = true;
      if (access.kind === "insert") {
        written.inserts = true;
        written.replaces ||= replaces;
      }
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

  /** The tables that may lose rows or values; `end` is the lineage after the last statement. */
  watched(fates: readonly TableFate[], end: Lineage): readonly WatchedTable[] {
    return fates.flatMap((fate): readonly WatchedTable[] => {
      const { before, after, droppedColumns } = fate;
      // The rows of an index are another table's.
      if (before.kind === "index") return [];
      const written = this.#written.get(before.name);
      const drop = this.#drops.get(before.name);
      const isTouched = written !== undefined || drop !== undefined || droppedColumns.length > 0;
      if (!isTouched) return [];
      return [{
        ...fate,
        name: before.name,
        nameAfter: after?.name ?? null,
        isDropped: drop !== undefined,
        writes: {
          inserts: written?.inserts ?? false,
          replaces: written?.replaces ?? false,
          deletes: written?.deletes ?? false,
          updates: [...written?.updates ?? []],
        },
        handover: drop === undefined || after === null
          ? null
          : this.#handover(drop, after.name, end),
      }];
    });
  }

  #writtenTo(table: string): Written {
    const known = this.#written.get(table);
    if (known !== undefined) return known;
    const written = { inserts: false, replaces: false, deletes: false, updates: new Set<string>() };
    this.#written.set(table, written);
    return written;
  }

  // In a rebuild the old table and the new one are both there, each in its final form, just before
  // the old one is dropped; an object of the lineage that is the same at both times says so.
  #handover({ number, name, lineage }: Drop, nameAfter: string, end: Lineage): Handover | null {
    const old = lineage.get(name);
    const final = end.get(nameAfter);
    if (old === undefined || final === undefined) return null;
    const isUntouched = old === this.#start.get(old.table ?? "") && !this.#lastWrite.has(old);
    const successor = [...lineage].find(([, origin]) => origin === final)?.[0];
    if (!isUntouched || successor === undefined) return null;
    return (this.#lastWrite.get(final) ?? 0) > number ? null : { number, name, successor };
  }
}
