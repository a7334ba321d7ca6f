// Writes statements that fail with a clear message where rows break what is new in a table.

import { foldName } from "../sqlite/fold_name.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import type { ForeignKey, Table } from "../sqlite/schema.ts";
import type { ScriptPart } from "./schema_script.ts";
import { checksOf } from "./table_text.ts";
import type { UniqueKey } from "../sqlite/unique_keys.ts";
import type { Scratch } from "./scratch.ts";
import type { TextComparison } from "./text_comparison.ts";
import { referencedColumns } from "../sqlite/referenced_columns.ts";

/** Rows that would break the wanted schema, and the query that counts them. */
export interface Guard {
  readonly message: string;
  readonly count: string;
}

/** What the rows of a table are checked against. */
export interface GuardedChange {
  readonly current: Table;
  readonly wanted: Table;
  /** The unique keys of both. */
  readonly currentKeys: readonly UniqueKey[];
  readonly wantedKeys: readonly UniqueKey[];
  /** The column of `current` of which a column of `wanted` gets the values; `null` for none. */
  readonly sourceOf: (column: string) => string | null;
  /** Columns that the copy fills, although `current` does not have them. */
  readonly filled: ReadonlySet<string>;
}

/** The guards that a change of a table needs. Those that SQLite cannot read are left out. */
export function guardsOf(
  scratch: Scratch,
  change: GuardedChange,
  texts: TextComparison,
): readonly Guard[] {
  return [
    ...notNullGuards(scratch, change),
    ...checkGuards(scratch, change, texts),
    ...uniqueGuards(scratch, change),
    ...keyGuards(scratch, change),
  ].filter(({ count }) => scratch.accepts([count]));
}

/** The part of a script that fails where rows break what is new; none where nothing can. */
export function guardParts(
  scratch: Scratch,
  { name }: Table,
  guards: readonly Guard[],
  taken: ReadonlySet<string>,
): readonly ScriptPart[] {
  if (guards.length === 0) return [];
  return [{
    comment: `Fails here, and changes nothing, where rows break what is new in ${name}.`,
    statements: guards.flatMap((guard) => guardStatements(scratch, guard, taken)),
  }];
}

// The name of a CHECK constraint is the message of its failure.
function guardStatements(
  scratch: Scratch,
  { message, count }: Guard,
  taken: ReadonlySet<string>,
): readonly string[] {
  const name = scratch.freeName("guard", taken);
  return [
    `CREATE TEMP TABLE ${name} (
    faults INTEGER CONSTRAINT ${quoteIdentifier(message)} CHECK (faults = 0)
)`,
    `INSERT INTO temp.${name} ${count}`,
    `DROP TABLE temp.${name}`,
  ];
}

function notNullGuards(scratch: Scratch, change: GuardedChange): readonly Guard[] {
  const { current, wanted, sourceOf, filled } = change;
  const from = scratch.write(current.name);
  const alias = scratch.rowidAlias(current.name);
  return wanted.columns.flatMap((column): readonly Guard[] => {
    if (!column.notNull || column.generated) return [];
    const source = sourceOf(column.name);
    const what = `${wanted.name}.${column.name}`;
    if (source === null) {
      if (filled.has(column.name) || column.defaultValue !== null) return [];
      return [{
        message: `${what} is NOT NULL without a default, and the table has rows: ` +
          `give it a default, or write its values into the INSERT below`,
        count: `SELECT count(*) FROM ${from}`,
      }];
    }
    const isFilled = current.columns.some(({ name, notNull }) => name === source && notNull);
    if (isFilled || source === alias) return [];
    return [{
      message: `${what} becomes NOT NULL, and there are rows without a value: correct them first`,
      count: `SELECT count(*) FROM ${from} WHERE ${scratch.write(source)} IS NULL`,
    }];
  });
}

function checkGuards(
  scratch: Scratch,
  { current, wanted }: GuardedChange,
  texts: TextComparison,
): readonly Guard[] {
  const known = new Set(checksOf(current.sql).map((each) => texts.keyOf(each)));
  return checksOf(wanted.sql).filter((check) => !known.has(texts.keyOf(check))).map((check) => ({
    message: `${wanted.name} gets CHECK (${oneLine(check)}), and there are rows that it refuses: ` +
      `correct them first`,
    // A line of its own ends a comment in the expression.
    count: `SELECT count(*) FROM ${scratch.write(current.name)} WHERE NOT (${check}\n)`,
  }));
}

function uniqueGuards(scratch: Scratch, change: GuardedChange): readonly Guard[] {
  const { current, wanted, currentKeys, wantedKeys, sourceOf } = change;
  return wantedKeys.flatMap(({ terms }): readonly Guard[] => {
    const sources = terms.map(({ column, collation }) => ({ source: sourceOf(column), collation }));
    const columns = sources.flatMap(({ source }) => source ?? []);
    if (columns.length < terms.length) return [];
    const isKnown = currentKeys.some((key) =>
      key.terms.every(({ column, collation }) =>
        sources.some((each) => each.source === column && each.collation === collation)
      )
    );
    if (isKnown) return [];
    const names = terms.map(({ column }) => column).join(", ");
    const present = columns.map((column) => `${scratch.write(column)} IS NOT NULL`).join(" AND ");
    const grouped = sources.map(({ source, collation }) =>
      `${scratch.write(source ?? "")} COLLATE ${scratch.write(collation)}`
    ).join(", ");
    return [{
      message: `${wanted.name} (${names}) becomes unique, and there are rows with equal values: ` +
        `correct them first`,
      count: `SELECT count(*) FROM (
    SELECT 1 FROM ${scratch.write(current.name)} WHERE ${present}
    GROUP BY ${grouped} HAVING count(*) > 1
)`,
    }];
  });
}

function keyGuards(
  scratch: Scratch,
  { current, wanted, sourceOf }: GuardedChange,
): readonly Guard[] {
  const known = new Set(current.foreignKeys.map(keyText));
  return wanted.foreignKeys.filter((key) => !known.has(keyText(key))).flatMap((key) => {
    const columns = key.columns.split(",");
    const sources = columns.flatMap((column) => sourceOf(column) ?? []);
    const parent = scratch.table(key.parent);
    if (parent === null || sources.length < columns.length) return [];
    const parents = referencedColumns(key, parent);
    if (parents.length !== sources.length) return [];
    const child = scratch.write(current.name);
    const present = sources.map((column) => `child.${scratch.write(column)} IS NOT NULL`);
    const joined = sources.map((column, index) =>
      `parent.${scratch.write(parents[index] ?? "")} = child.${scratch.write(column)}`
    );
    return [{
      message: `${wanted.name} (${columns.join(", ")}) becomes a foreign key to ${key.parent}, ` +
        `and there are rows without a parent: correct them first`,
      count: `SELECT count(*) FROM ${child} AS child WHERE ${present.join(" AND ")}
    AND NOT EXISTS (SELECT 1 FROM ${scratch.write(parent.name)} AS parent WHERE ${
        joined.join(" AND ")
      })`,
    }];
  });
}

// Actions make no difference to the rows that there are.
function keyText({ columns, parent, parentColumns }: ForeignKey): string {
  return foldName([columns, parent, parentColumns].join("|"));
}

const LONGEST_CHECK = 100;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > LONGEST_CHECK ? `${line.slice(0, LONGEST_CHECK)}...` : line;
}
