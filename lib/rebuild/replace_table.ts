// Rebuilds one table: https://sqlite.org/lang_altertable.html#otheralter

import type { Failed, Outcome } from "../outcome.ts";
import { quoteText } from "../sqlite/quote.ts";
import type { Schema, Table } from "../sqlite/schema.ts";
import { type CopiedColumn, copiedColumns, type Filling } from "./copied_rows.ts";
import { type Guard, guardParts, guardsOf } from "./guards.ts";
import type { ScriptPart } from "./schema_script.ts";
import type { UniqueKey } from "../sqlite/unique_keys.ts";
import type { Scratch } from "./scratch.ts";
import { isAutoincrement, withTableName } from "./table_text.ts";
import type { TextComparison } from "./text_comparison.ts";

/** A table and what it becomes. */
export interface Replacement {
  readonly scratch: Scratch;
  readonly texts: TextComparison;
  /** The table as it is in the scratch database. */
  readonly current: Table;
  readonly wanted: Table;
  readonly sourceOf: (column: string) => string | null;
  readonly filling: Filling;
  /** Names that no temporary object may take. */
  readonly taken: ReadonlySet<string>;
  /** What changes, for the comment. */
  readonly what: string;
}

/** The parts of the script that replace the table, and what is lost beside dropped columns. */
export interface ReplacedTable {
  readonly parts: readonly ScriptPart[];
  readonly losses: readonly string[];
}

/** Writes the rebuild. Nothing is run in the end: the caller runs the parts. */
export function replaceTable(
  replacement: Replacement,
): Outcome<ReplacedTable, "not-generated"> {
  const { scratch, current, wanted, what } = replacement;
  if (current.kind === "index" || wanted.kind === "index") {
    return { ok: true, value: recreate(replacement) };
  }
  const successor = makeSuccessor(replacement);
  if (!successor.ok) {
    // Some virtual tables can be neither copied nor renamed. Any other keeps its rows.
    return current.kind === "table" ? successor : { ok: true, value: recreate(replacement) };
  }
  const { copied, statements, guards } = successor.value;
  const filled = copied.filter(({ column, target }) =>
    column === null &&
    wanted.columns.some(({ name, primaryKey, notNull }) =>
      name === target && (notNull || primaryKey === 0)
    )
  );
  const lines = [
    `${wanted.name}: ${what}.`,
    "SQLite cannot alter this in place, so the table is rebuilt.",
    ...filled.map(({ target, source }) =>
      `Rows get ${source} in ${target}, which is NOT NULL without a default.`
    ),
  ];
  const guarded = guardParts(scratch, wanted, guards, replacement.taken);
  const parts = [...guarded, { comment: lines.join("\n"), statements }];
  return { ok: true, value: { parts, losses: [] } };
}

interface Successor {
  readonly copied: readonly CopiedColumn[];
  readonly statements: readonly string[];
  readonly guards: readonly Guard[];
}

/** Tries the rebuild; fails with what SQLite says. */
function makeSuccessor(replacement: Replacement): Outcome<Successor, "not-generated"> {
  const refused = (message: string): Failed<"not-generated"> => {
    return { ok: false, code: "not-generated", message };
  };
  const { scratch, texts, current, wanted, sourceOf, filling, taken } = replacement;
  const name = scratch.freeName(`${wanted.name}_new`, taken);
  const create = createStatement(replacement, name);
  const target = scratch.write(name);
  const source = scratch.write(current.name);
  const currentKeys = scratch.uniqueKeys(current.name);
  const made = scratch.undoing(() => {
    const failure = scratch.run([create]);
    const table = scratch.table(name);
    if (failure !== null || table === null) return failure ?? `SQLite made no table "${name}"`;
    const copied = copiedColumns(scratch, current, table, sourceOf, filling);
    return { copied, wantedKeys: scratch.uniqueKeys(name), alias: scratch.rowidAlias(name) };
  });
  if (typeof made === "string") return refused(made);
  const { copied, wantedKeys } = made;
  const statements = [
    create,
    ...keptMark(replacement, name),
    ...copyStatement(copied, target, source, (each) => scratch.write(each)),
    `DROP TABLE ${source}`,
    `ALTER TABLE ${target} RENAME TO ${scratch.write(wanted.name)}`,
  ];
  const failure = scratch.undoing(() => scratch.run(statements));
  if (failure !== null) return refused(failure);
  const guards = guardsOf(scratch, {
    current,
    wanted: { ...wanted, columns: wanted.columns.filter(({ name }) => name !== made.alias) },
    currentKeys,
    wantedKeys: withoutMadeUp(wantedKeys, copied),
    sourceOf,
    filled: new Set(copied.map((each) => each.target)),
  }, texts);
  return { ok: true, value: { copied, statements, guards } };
}

function withoutMadeUp(
  keys: readonly UniqueKey[],
  copied: readonly CopiedColumn[],
): readonly UniqueKey[] {
  return keys.filter(({ terms }) =>
    terms.every(({ column }) =>
      copied.some((each) => each.target === column && each.column !== null)
    )
  );
}

// A table whose CHECK names the table itself only exists under that name. SQLite writes another
// one into it.
function createStatement({ scratch, wanted }: Replacement, name: string): string {
  const written = withTableName(wanted.sql, scratch.write(name));
  if (scratch.accepts([written])) return written;
  const alone: Schema = { tables: [wanted], indexes: [], triggers: [], views: [] };
  using other = scratch.beside(alone);
  const from = other.write(wanted.name);
  return other.run([`ALTER TABLE ${from} RENAME TO ${other.write(name)}`]) === null
    ? other.table(name)?.sql ?? written
    : written;
}

// Copying sets the mark to the greatest key that there is. The keys of deleted rows were greater
// and must not be given out again: https://sqlite.org/autoinc.html
function keptMark({ current, wanted }: Replacement, name: string): readonly string[] {
  if (!isAutoincrement(current.sql) || !isAutoincrement(wanted.sql)) return [];
  return [
    `INSERT INTO sqlite_sequence (name, seq)
SELECT ${quoteText(name)}, seq FROM sqlite_sequence WHERE name = ${quoteText(current.name)}`,
  ];
}

function copyStatement(
  copied: readonly CopiedColumn[],
  target: string,
  source: string,
  write: (name: string) => string,
): readonly string[] {
  if (copied.length === 0) return [];
  return [
    `INSERT INTO ${target} (${copied.map((each) => write(each.target)).join(", ")})
SELECT ${copied.map((each) => each.source).join(", ")} FROM ${source}`,
  ];
}

// An index over another table has no rows of its own, if it can be built from those of the other:
// https://sqlite.org/fts5.html#the_rebuild_command
function recreate({ scratch, current, wanted }: Replacement): ReplacedTable {
  const name = scratch.write(current.name);
  const rebuild = `INSERT INTO ${name} (${name}) VALUES ('rebuild')`;
  const hasRows = current.kind !== "index" || !scratch.accepts([rebuild]);
  return {
    parts: [{
      comment: `${wanted.name} is created again.${hasRows ? " Lost: what it holds." : ""}`,
      statements: [`DROP TABLE ${name}`, wanted.sql],
    }],
    losses: hasRows ? [`the rows of ${wanted.name}`] : [],
  };
}
