// Says what a migration lost by reading all rows before and after, with native SQLite and in
// memory.

import { DatabaseSync } from "node:sqlite";
import type { DrawnColumn, DrawnMigration } from "./drawn_migration.ts";

interface Value {
  readonly type: string;
  readonly text: string | null;
  readonly value: unknown;
}

type Row = ReadonlyMap<string, Value>;

/** What must be found of a migration. */
export type Expectation =
  /** The losses, each as `kind t.column count`. */
  | { readonly kind: "exactly"; readonly losses: readonly string[] }
  /** At least one; rows that were copied without a key are not found again. */
  | { readonly kind: "something" }
  /** The same, where a NULL or a type has changed. */
  | { readonly kind: "anything" };

/** Compares every row with every other; `null` if the migration fails. */
export function slowLosses(drawn: DrawnMigration): Expectation | null {
  const database = new DatabaseSync(":memory:");
  try {
    database.exec(drawn.base);
    const isNumbered = drawn.key.length === 0 || !drawn.base.includes("WITHOUT ROWID");
    const before = readRows(database, "t", drawn.columns, isNumbered);
    try {
      database.exec(drawn.sql);
    } catch {
      return null;
    }
    const names = drawn.after.map(({ name }) => name);
    const after = readRows(database, drawn.table, names, isNumbered);
    if (drawn.isKeyUpdated) {
      return { kind: "exactly", losses: compareUpdatedKey(drawn, before, after) };
    }
    return drawn.key.length === 0 && drawn.isRebuilt
      ? compareCopies(drawn, before, after)
      : { kind: "exactly", losses: compare(drawn, pairsOf(drawn, before, after)) };
  } finally {
    database.close();
  }
}

function readRows(
  database: DatabaseSync,
  table: string,
  columns: readonly string[],
  isNumbered: boolean,
): readonly Row[] {
  const all = isNumbered ? [...columns, "rowid"] : columns;
  const select = all.map((name, at) =>
    `${name} AS v${at}, typeof(${name}) AS k${at}, CAST(${name} AS TEXT) AS t${at}`
  );
  const statement = database.prepare(`SELECT ${select.join(", ")} FROM ${table}`);
  return statement.all().map((row) =>
    new Map(all.map((name, at) => [name, {
      value: row[`v${at}`],
      type: String(row[`k${at}`]),
      text: row[`t${at}`] === null ? null : String(row[`t${at}`]),
    }]))
  );
}

/** A row before, and the row after that has its key, or its number where there is no key. */
interface Candidate {
  readonly row: Row;
  readonly other: Row | undefined;
}

function pairsOf(
  { key, after: present }: DrawnMigration,
  before: readonly Row[],
  after: readonly Row[],
  by: readonly string[] = key,
): readonly Candidate[] {
  const names = by.length === 0 ? ["rowid"] : by;
  const nameAfter = (name: string): string =>
    present.find(({ origin }) => origin === name)?.name ?? name;
  return before.map((row) => ({
    row,
    other: after.find((each) =>
      names.every((name) => sameKey(row.get(name), each.get(nameAfter(name))))
    ),
  }));
}

function compare(drawn: DrawnMigration, pairs: readonly Candidate[]): readonly string[] {
  const kept = pairs.flatMap(({ row, other }) => (other === undefined ? [] : [{ row, other }]));
  const gone = pairs.length - kept.length;
  const successor = (column: string): DrawnColumn | undefined =>
    drawn.after.find(({ origin }) => origin === column);
  const lossOfDropped = (column: string): readonly string[] => {
    const isThere = ({ row }: { row: Row }): boolean => row.get(column)?.text !== null;
    const count = pairs.filter(isThere).length;
    const lost = kept.filter(isThere);
    const isMoved = lost.length > 0 && hasMoved(column, kept, lost, drawn);
    return count === 0 || isMoved ? [] : [`values t.${column} ${count}`];
  };
  const lossOf = (column: string): readonly string[] => {
    const present = successor(column);
    if (present === undefined) return lossOfDropped(column);
    const lost = kept.filter(({ row, other }) => isLost(row.get(column), other.get(present.name)));
    if (lost.length === 0 || hasMoved(column, kept, lost, drawn)) return [];
    const isNull = lost.filter(({ other }) =>
      drawn.isRebuilt || other.get(present.name)?.text === null
    );
    const overwritten = lost.length - isNull.length;
    return [
      ...(isNull.length > 0 ? [`values t.${column} ${isNull.length}`] : []),
      ...(overwritten > 0 ? [`overwritten t.${column} ${overwritten}`] : []),
    ];
  };
  return [...(gone > 0 ? [`rows t ${gone}`] : []), ...drawn.columns.flatMap(lossOf)].sort();
}

// Rows have the same key if none is gone. Otherwise those with the same key are the same, and of
// the rest the columns that were not updated in the key say which row it is.
function compareUpdatedKey(
  drawn: DrawnMigration,
  before: readonly Row[],
  after: readonly Row[],
): readonly string[] {
  const { base, columns, updated, keepsRows, after: present } = drawn;
  const isNumbered = base.includes("id TEXT PRIMARY KEY");
  const ways = [...(isNumbered ? [["rowid"]] : []), drawn.key];
  const pairings = ways.map((by) => pairsOf(drawn, before, after, by));
  const whole = pairings.find((pairs) => pairs.every(({ other }) => other !== undefined)) ??
    (isNumbered ? pairings[0] : undefined);
  if (whole !== undefined) return compare(drawn, whole);
  const pairs = pairings.at(-1) ?? [];
  const kept = pairs.filter(({ other }) => other !== undefined);
  const taken = new Set(kept.map(({ other }) => other));
  const rest = pairs.filter(({ other }) => other === undefined).map(({ row }) => row);
  const restAfter = after.filter((row) => !taken.has(row));
  const left = (wanted: readonly string[]): number => {
    const names = wanted.map((column) =>
      present.find(({ origin }) => origin === column)?.name ?? ""
    );
    return countEqual(
      rest.map((row) => keyOf(row, wanted, exact)),
      restAfter.map((row) => keyOf(row, names, exact)),
    );
  };
  const equal = left(columns.filter((column) => column !== drawn.key[0]));
  const unequal = rest.length - equal;
  const overwritten = new Map([[drawn.key[0] ?? "", equal - left(columns)]]);
  if (keepsRows) {
    for (const column of updated) {
      const values = rest.filter((row) => row.get(column)?.text !== null).length;
      overwritten.set(column, (overwritten.get(column) ?? 0) + Math.min(values, unequal));
    }
  }
  const lost = new Map<string, number>(
    [...overwritten].map(([column, count]) => [`overwritten t.${column}`, count]),
  );
  for (const { row, other } of kept) {
    for (const { name, origin } of present) {
      if (origin === null || !isLost(row.get(origin), other?.get(name))) continue;
      const kind = other?.get(name)?.text === null ? "values" : "overwritten";
      const what = `${kind} t.${origin}`;
      lost.set(what, (lost.get(what) ?? 0) + 1);
    }
  }
  if (!keepsRows) lost.set("rows t", unequal);
  return [...lost].filter(([, count]) => count > 0).map(([what, count]) => `${what} ${count}`)
    .sort();
}

function compareCopies(
  { columns, after: present }: DrawnMigration,
  before: readonly Row[],
  after: readonly Row[],
): Expectation {
  const kept = columns.filter((column) => present.some(({ name }) => name === column));
  const isLeft = (form: (value: Value | undefined) => string): boolean =>
    countEqual(
      before.map((row) => keyOf(row, kept, form)),
      after.map((row) => keyOf(row, kept, form)),
    ) === before.length;
  const dropped = columns.filter((column) => !kept.includes(column));
  const isDropped = dropped.some((column) => before.some((row) => row.get(column)?.text !== null));
  if (!isLeft(printed)) {
    // A row whose NULL became a value has no equal either.
    const hasNull = before.some((row) => kept.some((column) => row.get(column)?.text === null));
    return { kind: hasNull ? "anything" : "something" };
  }
  return isLeft(exact) && !isDropped ? { kind: "exactly", losses: [] } : { kind: "anything" };
}

function countEqual(some: readonly string[], others: readonly string[]): number {
  const left = [...others];
  return some.filter((each) => {
    const at = left.indexOf(each);
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  }).length;
}

function keyOf(
  row: Row,
  columns: readonly string[],
  form: (value: Value | undefined) => string,
): string {
  return JSON.stringify(columns.map((column) => form(row.get(column))));
}

function exact(value: Value | undefined): string {
  const isNumber = value?.type === "integer" || value?.type === "real";
  return isNumber ? `number ${value?.value}` : `${value?.type} ${value?.text}`;
}

function printed(value: Value | undefined): string {
  return String(value?.text).replace(/\.0$/, "");
}

interface Pair {
  readonly row: Row;
  readonly other: Row;
}

/** Whether another column has each value of `column`, and took those that are lost. */
function hasMoved(
  column: string,
  kept: readonly Pair[],
  lost: readonly Pair[],
  { after }: DrawnMigration,
): boolean {
  return after.some(({ name, origin }) =>
    origin !== column &&
    kept.every(({ row, other }) => !isLost(row.get(column), other.get(name))) &&
    (origin === null || lost.every(({ row }) => isLost(row.get(column), row.get(origin))))
  );
}

function isLost(value: Value | undefined, other: Value | undefined): boolean {
  if (value === undefined || other === undefined) throw new Error("A column was not read");
  if (value.text === null) return false;
  if (other.text === null) return true;
  const areNumbers = [value, other].every(({ type }) => type === "integer" || type === "real");
  if (areNumbers && value.value === other.value) return false;
  if (value.text === other.text) return false;
  return !(other.type === "real" && `${value.text}.0` === other.text);
}

// As an index compares them; the collation of one drawn key ignores case, and no drawn key has any.
function sameKey(value: Value | undefined, other: Value | undefined): boolean {
  return value?.text === other?.text;
}
