// Rows as text, to be copied: CSV, JSON, or INSERT statements. Pure; runs anywhere.

import { hexOf, sqlLiteral } from "../../sqlite/literal.ts";
import { quoteIdentifier } from "../../sqlite/quote.ts";
import type { SqlValue } from "../../sqlite/sqlite3.ts";

/** The formats in which rows can be copied. */
export const COPY_FORMATS = ["CSV", "JSON", "INSERT"] as const;

/** A format in which rows can be copied. */
export type CopyFormat = (typeof COPY_FORMATS)[number];

/** Rows to copy. */
export interface CopiedRows {
  /** The table that INSERT names. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** Rows in a format. */
export function rowsText(format: CopyFormat, copied: CopiedRows): string {
  switch (format) {
    case "CSV":
      return csvOf(copied);
    case "JSON":
      return jsonOf(copied);
    case "INSERT":
      return insertsOf(copied);
  }
  format satisfies never;
}

/**
 * Comma-separated values as RFC 4180 has them. NULL is empty, an empty text is `""`, and a blob is
 * hex digits.
 */
function csvOf({ columns, rows }: CopiedRows): string {
  return [columns, ...rows].map((row) => `${row.map(csvField).join(",")}\r\n`).join("");
}

function csvField(value: SqlValue): string {
  if (value === null) return "";
  if (value instanceof Uint8Array) return hexOf(value);
  const text = String(value);
  return text === "" || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A list of objects. Integers keep all their digits, and a blob is hex digits. */
function jsonOf({ columns, rows }: CopiedRows): string {
  const keys = distinct(columns).map((key) => JSON.stringify(key));
  const objects = rows.map((row) =>
    `  {${row.map((value, index) => `${keys[index]}: ${jsonValue(value)}`).join(", ")}}`
  );
  return objects.length === 0 ? "[]\n" : `[\n${objects.join(",\n")}\n]\n`;
}

function jsonValue(value: SqlValue): string {
  if (value instanceof Uint8Array) return JSON.stringify(hexOf(value));
  if (value === null || typeof value === "string") return JSON.stringify(value);
  return sqlLiteral(value);
}

// An object has each key once, and a result may have a name twice.
function distinct(columns: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return columns.map((column) => {
    const times = (seen.get(column) ?? 0) + 1;
    seen.set(column, times);
    return times === 1 ? column : `${column}:${times}`;
  });
}

function insertsOf({ table, columns, rows }: CopiedRows): string {
  const into = `INSERT INTO ${quoteIdentifier(table)} (${
    columns.map(quoteIdentifier).join(", ")
  }) VALUES`;
  return rows.map((row) => `${into} (${row.map(sqlLiteral).join(", ")});\n`).join("");
}
