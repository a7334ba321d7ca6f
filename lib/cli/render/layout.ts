// Text that fits a terminal: lines of at most 80 columns, tables without trailing spaces. Pure.

import type { Table } from "cli-table3";
import wrapAnsi from "wrap-ansi";
import { printable } from "../../printable.ts";

const COLUMNS = 80;
const INDENT = "  ";

/**
 * Writes a head, which may be colored, and a text after it, broken between words; the lines that
 * follow the first are indented. A word that is longer than a line stays whole, so that it can be
 * copied.
 */
export function paragraph(head: string, text: string): string {
  return wrapAnsi(`${head} ${printable(text)}`, COLUMNS - INDENT.length)
    .replaceAll("\n", `\n${INDENT}`);
}

/** The lines of a table, the head first. */
export function tableLines(table: Table): readonly string[] {
  return table.toString().split("\n").map((line) => line.trimEnd());
}

// Begins the lines under a row.
const DETAIL_INDENT = " ".repeat("version  ".length);

/** The lines of a table, with details under each of its rows. */
export function detailedLines(
  table: Table,
  details: readonly (readonly string[])[],
): readonly string[] {
  const [head = "", ...rows] = tableLines(table);
  const lines = details.flatMap((each, index) => [
    rows[index] ?? "",
    ...each.map((line) => `${DETAIL_INDENT}${line}`),
  ]);
  return [head, ...lines];
}

/** A time to the second, in UTC: `2026-01-31 12:00:00`. */
export function readableTime(iso: string): string {
  return iso.replace("T", " ").replace(/(\.\d+)?Z$/, "");
}
