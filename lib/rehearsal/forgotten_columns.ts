// Finds the columns that the copy of a rebuild leaves out, although the old table and the new one
// both have them. A default would hide that.

import type { SourcePlace } from "../finding/source_text.ts";
import { type Access, isTemporary } from "../sqlite/access.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { Table } from "../sqlite/schema.ts";
import { storedColumns } from "../sqlite/stored_columns.ts";
import { nameOf, tokensOf } from "../sqlite/tokens.ts";
import type { WatchedTable } from "./rehearsal.ts";

/** A column whose values a rebuild does not copy. */
export interface ForgottenColumn {
  /** The table, by its name before the step. */
  readonly table: string;
  readonly column: string;
  /** The INSERT that copies the other columns. */
  readonly place: SourcePlace;
}

/** An INSERT that fills a new table from one that was there before the step. */
interface Copy {
  readonly source: string;
  readonly target: string;
  /** The columns of both tables that it neither reads nor lists. */
  readonly missed: readonly string[];
  readonly place: SourcePlace;
}

/** Watches the statements of a step. */
export class ForgottenColumns {
  readonly #copies: Copy[] = [];
  readonly #updated = new Set<string>();

  /**
   * Notes a statement. `find` finds a table, and `isNew` says whether the step made it; names are
   * those of the moment.
   */
  note(
    sql: string,
    accesses: readonly Access[],
    find: (name: string) => Table | null,
    isNew: (name: string) => boolean,
    placeOf: () => SourcePlace,
  ): void {
    for (const access of accesses) {
      if (access.kind !== "update" || access.column === null || isTemporary(access)) continue;
      this.#updated.add(keyOf(access.table, access.column));
    }
    const insert = accesses.find((access) => access.kind === "insert" && access.trigger === null);
    if (insert?.kind !== "insert" || isTemporary(insert) || !isNew(insert.table)) return;
    const target = find(insert.table);
    if (target === null) return;
    const reads = accesses.filter((access) => access.kind === "read");
    const sources = [...new Set(reads.map(({ table }) => table))]
      .flatMap((name) => {
        const source = isNew(name) ? null : find(name);
        return source === null ? [] : [{ name, source }];
      });
    // An INSERT of megabytes of values is not read for nothing.
    const listed = sources.length === 0 ? null : listedColumns(sql);
    if (listed === null) return;
    for (const { name, source } of sources) {
      const given = new Set([
        ...listed,
        ...reads.flatMap(({ table, column }) => table === name ? [foldName(column)] : []),
      ]);
      const missed = sharedColumns(source, target).filter((column) => !given.has(foldName(column)));
      this.#copies.push({ source: source.name, target: target.name, missed, place: placeOf() });
    }
  }

  /** The columns that no statement of the step has copied. */
  forgotten(watched: readonly WatchedTable[]): readonly ForgottenColumn[] {
    return watched.flatMap(({ name: table, handover, keptColumns }) => {
      if (handover === null) return [];
      const { name, successor } = handover;
      const copies = this.#copies.filter(({ source, target }) =>
        source === name && target === successor
      );
      const [copy] = copies;
      if (copy === undefined) return [];
      return copy.missed.filter((column) =>
        keptColumns.some((kept) => foldName(kept.nameAfter) === foldName(column)) &&
        copies.every(({ missed }) => missed.includes(column)) &&
        !this.#updated.has(keyOf(successor, column))
      ).map((column) => ({ table, column, place: copy.place }));
    });
  }
}

function sharedColumns(one: Table, other: Table): readonly string[] {
  const names = new Set(storedColumns(one).map(foldName));
  return storedColumns(other).filter((name) => names.has(foldName(name)));
}

function keyOf(table: string, column: string): string {
  return `${foldName(table)} ${foldName(column)}`;
}

/** The columns that an INSERT lists, folded; `null` where it lists none. */
function listedColumns(sql: string): ReadonlySet<string> | null {
  const tokens = [...tokensOf(sql)];
  const word = tokens[0]?.text.toUpperCase();
  if (word !== "INSERT" && word !== "REPLACE") return null;
  let at = tokens.findIndex(({ text }) => text.toUpperCase() === "INTO") + 2;
  if (tokens[at]?.text === ".") at += 2;
  if (tokens[at]?.text.toUpperCase() === "AS") at += 2;
  if (tokens[at]?.text !== "(") return null;
  const end = tokens.findIndex(({ text }, index) => index > at && text === ")");
  return new Set(
    tokens.slice(at + 1, end).filter(({ text }) => text !== ",").map((token) =>
      foldName(nameOf(token))
    ),
  );
}
