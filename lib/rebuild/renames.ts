// Which table and which column of a schema are which of another one. Pure; runs anywhere.

import type { Failed } from "../outcome.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import type { Schema, Table } from "../sqlite/schema.ts";
import { storedColumns } from "../sqlite/stored_columns.ts";
import { nameOf, tokensOf } from "../sqlite/tokens.ts";

/** A table, or a column of a table, that has another name in the other schema. */
export type Rename =
  | { readonly kind: "table"; readonly from: string; readonly to: string }
  | {
    readonly kind: "column";
    readonly fromTable: string;
    readonly from: string;
    readonly toTable: string;
    readonly to: string;
  };

/** A table that both schemas have. */
export interface TablePair {
  readonly from: Table;
  readonly to: Table;
  /** The columns that have other names in the other schema. */
  readonly columns: readonly { readonly from: string; readonly to: string }[];
}

/** The tables of two schemas. */
export interface TablePairs {
  readonly pairs: readonly TablePair[];
  readonly removed: readonly Table[];
  readonly added: readonly Table[];
}

/**
 * Reads `quotes=sayings` or `quotes.author=quotes.writer`; `null` where the text is neither. Names
 * may be in quotes.
 */
export function readRename(text: string): Rename | null {
  const tokens = [...tokensOf(text)];
  const names = tokens.filter((_, index) => index % 2 === 0).map(nameOf);
  const marks = tokens.filter((_, index) => index % 2 === 1).map((token) => token.text).join("");
  const [one = "", two = "", three = "", four = ""] = names;
  if (marks === "=" && names.length === 2) return { kind: "table", from: one, to: two };
  return marks === ".=." && names.length === 4
    ? { kind: "column", fromTable: one, from: two, toTable: three, to: four }
    : null;
}

/** Writes a rename as `readRename()` reads it. */
export function formatRename(rename: Rename): string {
  return `${formerName(rename)}=${presentName(rename)}`;
}

/** What was renamed, as a person writes it: `quotes` or `quotes.author`. */
export function formerName(rename: Rename): string {
  return rename.kind === "table"
    ? writeName(rename.from)
    : `${writeName(rename.fromTable)}.${writeName(rename.from)}`;
}

/** What it is called now. */
export function presentName(rename: Rename): string {
  return rename.kind === "table"
    ? writeName(rename.to)
    : `${writeName(rename.toTable)}.${writeName(rename.to)}`;
}

/** The renames that lead back. */
export function inverted(renames: readonly Rename[]): readonly Rename[] {
  return renames.map((rename) =>
    rename.kind === "table" ? { kind: "table", from: rename.to, to: rename.from } : {
      kind: "column",
      fromTable: rename.toTable,
      from: rename.to,
      toTable: rename.fromTable,
      to: rename.from,
    }
  );
}

/** Pairs the tables of two schemas by their names and by what was renamed. */
export function pairTables(from: Schema, to: Schema, renames: readonly Rename[]): TablePairs {
  const tableRenames = renames.filter((rename) => rename.kind === "table");
  const isTaken = (name: string): boolean => tableRenames.some((rename) => same(rename.to, name));
  const pairs = from.tables.flatMap((table): readonly TablePair[] => {
    const rename = tableRenames.find((each) => same(each.from, table.name));
    const name = rename?.to ?? table.name;
    if (rename === undefined && isTaken(name)) return [];
    const partner = to.tables.find((each) => same(each.name, name));
    if (partner === undefined) return [];
    const columns = renames.filter((each) => each.kind === "column")
      .filter((each) => same(each.fromTable, table.name) && same(each.toTable, partner.name));
    return [{ from: table, to: partner, columns }];
  });
  const paired = new Set(pairs.flatMap((pair) => [pair.from, pair.to]));
  return {
    pairs,
    removed: from.tables.filter((table) => !paired.has(table)),
    added: to.tables.filter((table) => !paired.has(table)),
  };
}

/** Looks for renames that name what is not there. */
export function renameProblem(
  from: Schema,
  to: Schema,
  renames: readonly Rename[],
): Failed<"unknown-rename"> | null {
  const { pairs } = pairTables(from, to, renames);
  for (const rename of renames) {
    const message = rename.kind === "table"
      ? tableProblem(from, to, rename)
      : columnProblem(pairs, rename);
    if (message !== null) return { ok: false, code: "unknown-rename", message };
  }
  return null;
}

/** What could have been renamed: a removed column beside an added one, or a table beside a table. */
export function possibleRenames(
  from: Schema,
  to: Schema,
  renames: readonly Rename[],
): readonly Rename[] {
  const { pairs, removed, added } = pairTables(from, to, renames);
  const tables = removed.flatMap((gone) =>
    added.filter((fresh) => sharesColumn(gone, fresh))
      .map(({ name }): Rename => ({ kind: "table", from: gone.name, to: name }))
  );
  const columns = pairs.flatMap((pair) => {
    const [gone, fresh] = columnChange(pair);
    return gone.flatMap((column) =>
      fresh.map((other): Rename => ({
        kind: "column",
        fromTable: pair.from.name,
        from: column,
        toTable: pair.to.name,
        to: other,
      }))
    );
  });
  return [...tables, ...columns];
}

/** The stored columns of a pair that are gone, and those that are new. */
export function columnChange(
  { from, to, columns }: TablePair,
): readonly [readonly string[], readonly string[]] {
  const isKept = (name: string): boolean =>
    columns.some((each) => same(each.from, name)) ||
    to.columns.some((each) => same(each.name, name)) &&
      !columns.some((each) => same(each.to, name));
  const isOld = (name: string): boolean =>
    columns.some((each) => same(each.to, name)) ||
    from.columns.some((each) => same(each.name, name)) &&
      !columns.some((each) => same(each.from, name));
  return [
    storedColumns(from).filter((name) => !isKept(name)),
    storedColumns(to).filter((name) => !isOld(name)),
  ];
}

function tableProblem(
  from: Schema,
  to: Schema,
  rename: Extract<Rename, { kind: "table" }>,
): string | null {
  if (!from.tables.some(({ name }) => same(name, rename.from))) {
    return `There is no table "${rename.from}" to rename`;
  }
  return to.tables.some(({ name }) => same(name, rename.to))
    ? null
    : `The wanted schema has no table "${rename.to}"`;
}

function columnProblem(
  pairs: readonly TablePair[],
  rename: Extract<Rename, { kind: "column" }>,
): string | null {
  const pair = pairs.find((each) =>
    same(each.from.name, rename.fromTable) && same(each.to.name, rename.toTable)
  );
  if (pair === undefined) {
    return `"${rename.fromTable}" does not become "${rename.toTable}"; ` +
      `a column moves to another table by an INSERT of your own`;
  }
  const has = (table: Table, column: string): boolean =>
    table.columns.some(({ name }) => same(name, column));
  if (!has(pair.from, rename.from)) {
    return `"${pair.from.name}" has no column "${rename.from}" to rename`;
  }
  return has(pair.to, rename.to)
    ? null
    : `The wanted table "${pair.to.name}" has no column "${rename.to}"`;
}

function sharesColumn(one: Table, other: Table): boolean {
  return one.columns.some(({ name }) => other.columns.some((each) => same(each.name, name)));
}

function same(one: string, other: string): boolean {
  return foldName(one) === foldName(other);
}

// Without quotes, the tokenizer would read other names as several tokens.
function writeName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/i.test(name) ? name : quoteIdentifier(name);
}
