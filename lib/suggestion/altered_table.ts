// Writes a change into the text of a CREATE TABLE, at the positions of its tokens. SQLite reads the
// result. Pure; runs anywhere.

import { itemsOf, type TableItem } from "../rebuild/table_text.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { nameOf, type Token, tokensOf } from "../sqlite/tokens.ts";
import type { AlterAction } from "./alter_action.ts";

/** The CREATE TABLE after a change; `null` where the text does not have what the change names. */
export function alteredTable(sql: string, action: AlterAction): string | null {
  switch (action.kind) {
    case "drop-column":
      return withoutColumn(sql, action.column);
    case "add-column":
      return withItem(sql, action.definition, "column");
    case "add-constraint":
      return withItem(sql, action.definition, "constraint");
    case "drop-constraint": {
      const named = itemsOf(sql).filter(({ kind, name }) =>
        kind === "constraint" && name !== null && foldName(name) === foldName(action.name)
      );
      return named.length === 0 ? null : withoutItems(sql, named);
    }
    case "set-type":
      // Another type than INTEGER would take its numbers from new rows:
      // https://sqlite.org/lang_createtable.html#rowid
      return isKey(sql, action.column) ? null : withColumn(sql, action.column, (column) => {
        const typed = withType(column, action.type);
        return action.notNull === null ? typed : withNotNull(typed, action.notNull);
      });
    case "set-not-null":
      return withColumn(sql, action.column, (column) => withNotNull(column, action.notNull));
    case "set-default":
      return withColumn(sql, action.column, (column) => withDefault(column, action.value));
    case "redefine":
      // SQLite has given it its new name already.
      return withColumn(sql, action.name, (column) => {
        const { nameEnd, clauses } = readColumn(column);
        // The keys and checks of the old definition would be gone.
        if (clauses.some(({ word }) => !REDEFINED.includes(word))) return null;
        return `${column.slice(0, nameEnd)} ${action.definition}`;
      });
  }
  action satisfies never;
}

const REDEFINED = ["NOT", "NULL", "DEFAULT"];

/** A clause of a column's definition, such as `NOT NULL`. */
interface Clause {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

interface ColumnParts {
  readonly nameEnd: number;
  /** The end of the type; that of the name where there is none. */
  readonly typeEnd: number;
  readonly clauses: readonly Clause[];
}

const CLAUSE_WORDS = [
  "CONSTRAINT",
  "PRIMARY",
  "NOT",
  "NULL",
  "UNIQUE",
  "CHECK",
  "DEFAULT",
  "COLLATE",
  "REFERENCES",
  "GENERATED",
  "AS",
];

// What follows these words is part of their clause: DEFAULT NULL, ON DELETE SET NULL.
const OPEN_WORDS = ["DEFAULT", "SET", "NOT", "ALWAYS", "CONSTRAINT", "COLLATE"];

/** Finds the parts of a column's definition: https://sqlite.org/syntax/column-def.html */
function readColumn(text: string): ColumnParts {
  const [name, ...rest] = tokensOf(text);
  const nameEnd = name === undefined ? 0 : endOf(name);
  const clauses: { word: string; start: number; end: number }[] = [];
  let depth = 0;
  let typeEnd = nameEnd;
  let before = "";
  for (const [index, token] of rest.entries()) {
    const word = token.text.toUpperCase();
    const isDeferral = word === "NOT" && rest[index + 1]?.text.toUpperCase() === "DEFERRABLE";
    const isClause = depth === 0 && CLAUSE_WORDS.includes(word) && !OPEN_WORDS.includes(before) &&
      !isDeferral;
    if (isClause) clauses.push({ word, start: token.start, end: endOf(token) });
    const last = clauses.at(-1);
    if (last === undefined) typeEnd = endOf(token);
    else last.end = endOf(token);
    if (token.text === "(") depth += 1;
    if (token.text === ")") depth -= 1;
    before = word;
  }
  return { nameEnd, typeEnd, clauses };
}

function withType(column: string, type: string): string {
  const { nameEnd, typeEnd } = readColumn(column);
  return `${column.slice(0, nameEnd)} ${type}${column.slice(typeEnd)}`;
}

function withNotNull(column: string, notNull: boolean): string | null {
  const { typeEnd, clauses } = readColumn(column);
  const present = clauses.find(({ word }) => word === "NOT");
  if (!notNull) return present === undefined ? column : withoutClause(column, clauses, present);
  if (present !== undefined) return column;
  const explicit = clauses.find(({ word }) => word === "NULL");
  return explicit === undefined
    ? `${column.slice(0, typeEnd)} NOT NULL${column.slice(typeEnd)}`
    : `${column.slice(0, explicit.start)}NOT NULL${column.slice(explicit.end)}`;
}

function withDefault(column: string, value: string | null): string | null {
  const { clauses } = readColumn(column);
  const present = clauses.find(({ word }) => word === "DEFAULT");
  if (present === undefined) return value === null ? column : `${column} DEFAULT ${value}`;
  return value === null
    ? withoutClause(column, clauses, present)
    : `${column.slice(0, present.start)}DEFAULT ${value}${column.slice(present.end)}`;
}

function withoutClause(
  column: string,
  clauses: readonly Clause[],
  clause: Clause,
): string | null {
  // The name of a constraint would be left alone.
  if (clauses[clauses.indexOf(clause) - 1]?.word === "CONSTRAINT") return null;
  return column.slice(0, clause.start).trimEnd() + column.slice(clause.end);
}

function withColumn(
  sql: string,
  name: string,
  change: (column: string) => string | null,
): string | null {
  const item = columnOf(sql, name);
  const changed = item === undefined ? null : change(item.text);
  if (item === undefined || changed === null) return null;
  return sql.slice(0, item.start) + changed + sql.slice(item.start + item.text.length);
}

// Columns come before constraints: https://sqlite.org/lang_createtable.html
function withItem(sql: string, text: string, kind: TableItem["kind"]): string | null {
  const items = itemsOf(sql);
  const last = kind === "column" ? items.findLast((each) => each.kind === "column") : items.at(-1);
  if (last === undefined) return null;
  const end = last.start + last.text.length;
  const gap = sql.includes("\n") ? "\n    " : " ";
  return `${sql.slice(0, end)},${gap}${text}${sql.slice(end)}`;
}

// The keys and checks of the table that name the column go with it; SQLite would refuse them.
function withoutColumn(sql: string, name: string): string | null {
  const column = columnOf(sql, name);
  if (column === undefined) return null;
  const constraints = itemsOf(sql).filter(({ kind, text }) =>
    kind === "constraint" && names(text, name)
  );
  // What identifies a row then is for the author to say.
  return isKey(sql, name) ? null : withoutItems(sql, [column, ...constraints]);
}

/** Whether a column is in the primary key. */
function isKey(sql: string, column: string): boolean {
  return itemsOf(sql).some(({ kind, name, text }) =>
    hasKey(text) &&
    (kind === "constraint"
      ? names(text, column)
      : name !== null && foldName(name) === foldName(column))
  );
}

function hasKey(text: string): boolean {
  return tokensOf(text).some((token) => token.text.toUpperCase() === "PRIMARY");
}

/** Whether a constraint names a column of its own table. */
function names(constraint: string, column: string): boolean {
  const tokens = [...tokensOf(constraint)];
  const isNamed = tokens[0]?.text.toUpperCase() === "CONSTRAINT";
  for (const [index, token] of tokens.entries()) {
    if (token.text.toUpperCase() === "REFERENCES") return false;
    // The name of the constraint, of a function, or a text.
    const isOther = isNamed && index < 2 || tokens[index + 1]?.text === "(" ||
      token.text.startsWith("'");
    if (!isOther && foldName(nameOf(token)) === foldName(column)) return true;
  }
  return false;
}

function columnOf(sql: string, name: string): TableItem | undefined {
  return itemsOf(sql).find((item) =>
    item.kind === "column" && item.name !== null && foldName(item.name) === foldName(name)
  );
}

/** Takes items out, each with the comma after it; the last one with the comma before it. */
function withoutItems(sql: string, gone: readonly TableItem[]): string | null {
  const items = itemsOf(sql);
  const isGone = ({ start }: TableItem): boolean => gone.some((each) => each.start === start);
  const kept = items.filter((item) => !isGone(item));
  const last = kept.at(-1);
  if (last === undefined) return null;
  let text = sql;
  for (const [index, item] of [...items.entries()].toReversed()) {
    if (!isGone(item)) continue;
    const next = items[index + 1];
    if (item.start < last.start && next !== undefined) {
      text = text.slice(0, item.start) + text.slice(next.start);
      continue;
    }
    const before = items[index - 1];
    if (before === undefined) return null;
    const comma = commaAfter(sql, before);
    const end = item.start + item.text.length;
    text = text.slice(0, comma) + sql.slice(comma + 1, item.start).trimEnd() + text.slice(end);
  }
  return text;
}

function commaAfter(sql: string, { start, text }: TableItem): number {
  const end = start + text.length;
  const [comma] = tokensOf(sql.slice(end));
  return end + (comma?.start ?? 0);
}

function endOf({ start, text }: Token): number {
  return start + text.length;
}
