// Chooses values that a column may take, as SQL literals. Whether it takes them, SQLite decides.
// Pure; runs anywhere.

import { quoteText } from "../sqlite/quote.ts";
import type { Column, Table } from "../sqlite/schema.ts";
import { tokensOf } from "../sqlite/tokens.ts";

/**
 * What a row is to have: values that differ from row to row, values at the edge of what programs
 * expect (an empty text, blanks around one, a negative number), NULL where the column takes it, or
 * texts that are whole numbers.
 */
export type RowStyle = "plain" | "edge" | "null" | "digits";

/** The texts and whole numbers in a CREATE statement, such as those of its CHECK constraints. */
export interface Literals {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}

const TIME = /DATE|TIME/;
const DAY_NAME = /day|date$|_on$/i;
const TIME_NAME = /date|time|day|_at\b|_on\b|current_/i;

// Longer texts make rows that take longer to copy than they are worth.
const MAX_LENGTH = 2_000;

/** Reads the literals of a table. */
export function literalsOf({ sql }: Table): Literals {
  const tokens = [...tokensOf(sql)].map(({ text }) => text);
  const numbers = tokens.map(Number).filter((number) => Number.isSafeInteger(number));
  return {
    texts: [...new Set(tokens.filter((text) => text.startsWith("'")))],
    numbers: [...new Set(numbers)],
  };
}

/** Values for `column` in row `row`, from 1: the likeliest first. */
export function candidateValues(
  column: Column,
  row: number,
  style: RowStyle,
  literals: Literals,
): readonly string[] {
  const { type, name, defaultValue } = column;
  const declared = type.toUpperCase();
  const times = timeValues(name, row);
  // A name or a DEFAULT that speaks of time says what a program writes there.
  const isTime = TIME.test(declared) || TIME_NAME.test(`${name} ${defaultValue ?? ""}`);
  const digits = style === "digits" ? [quoteText(`${1900 + row}`)] : [];
  const texts = [...digits, ...(isTime ? times : []), ...textValues(name, row, literals), ...times];
  const integers = integerValues(row, literals);
  const reals = [`${row}.25`, `-${row}.5`, ...integers];
  const blobs = [`x'00ff${hex(row)}'`, ...lengths(literals).map((length) => `zeroblob(${length})`)];
  const edge = {
    integer: `-${row}`,
    real: `-${row}.5`,
    text: row % 2 === 0 ? quoteText(` A${row} `) : "''",
    blob: "x''",
  };
  // The rules of https://sqlite.org/datatype3.html#determination_of_column_affinity come last:
  // names such as BOOLEAN and TIMESTAMP say more than the affinity that SQLite gives them.
  const [first, ...rest]: readonly [string, ...string[][]] = declared.includes("BOOL")
    ? [edge.integer, [`${row % 2}`], integers, texts]
    : TIME.test(declared)
    ? [edge.text, texts, integers]
    : declared.includes("JSON")
    ? [edge.text, [`'{"a":${row}}'`, `'[${row}]'`], texts]
    : declared.includes("INT")
    ? [edge.integer, integers, column.primaryKey === 0 ? texts : []]
    : /CHAR|CLOB|TEXT/.test(declared)
    ? [edge.text, texts, integers]
    : declared.includes("BLOB")
    ? [edge.blob, blobs, texts, integers]
    : declared === ""
    ? [edge.text, texts, integers, blobs]
    : [edge.real, reals, texts];
  const values = rest.flat();
  const hasEdge = style === "edge" && column.primaryKey === 0 && !isTime;
  const preferred = hasEdge ? [first, ...values] : values;
  const mayBeNull = !column.notNull && column.primaryKey === 0;
  const all = !mayBeNull
    ? preferred
    : style === "null"
    ? ["NULL", ...preferred]
    : [...preferred, "NULL"];
  return [...new Set(all)];
}

function textValues(name: string, row: number, literals: Literals): string[] {
  const sized = lengths(literals).flatMap((length) => [
    quoteText(String(row).padStart(length, "0").slice(-length || length)),
    quoteText(String(row).padStart(length, "a").slice(-length || length)),
  ]);
  return [
    // Capitals, a blank, and a letter beyond ASCII show what a conversion loses.
    quoteText(`É ${name} A${row}`),
    ...rotated(literals.texts, row),
    quoteText(`a${row}@example.org`),
    quoteText(`https://example.org/${row}`),
    quoteText(`{"a":${row}}`),
    quoteText(`[${row}]`),
    quoteText(`0000000${row}-0000-4000-8000-000000000000`),
    quoteText(`#a0b1c${row}`),
    quoteText(`a${row}`),
    quoteText(`A${row}`),
    quoteText(`${row}`),
    quoteText("a"),
    quoteText("A"),
    ...sized,
    "''",
  ];
}

function timeValues(name: string, row: number): string[] {
  const day = quoteText(`2024-01-0${row}`);
  return [
    ...(DAY_NAME.test(name) ? [day] : []),
    quoteText(`2024-01-0${row} 12:00:00`),
    quoteText(`2024-01-0${row}T12:00:00Z`),
    quoteText(`2024-01-0${row}T12:00:00.000Z`),
    day,
    quoteText(`12:0${row}:00`),
    quoteText(`12:0${row}`),
  ];
}

function integerValues(row: number, { numbers }: Literals): string[] {
  const near = rotated(numbers, row).flatMap((number) => [number, number + 1, number - 1, -number]);
  return [10 + row, row, ...near, 0, 1, -row, 100 * row, 1_700_000_000 + row].map(String);
}

function lengths({ numbers }: Literals): readonly number[] {
  return numbers.filter((number) => number > 0 && number <= MAX_LENGTH);
}

/** The values with another one first for each row, so that a UNIQUE column finds one. */
export function rotated<T>(values: readonly T[], row: number): readonly T[] {
  const start = values.length === 0 ? 0 : (row - 1) % values.length;
  return [...values.slice(start), ...values.slice(0, start)];
}

function hex(row: number): string {
  return row.toString(16).padStart(2, "0");
}
