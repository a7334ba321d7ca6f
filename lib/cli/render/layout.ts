// Text that fits a terminal: lines of at most 80 columns, tables without trailing spaces. Pure.

import type { Table } from "cli-table3";

const COLUMNS = 80;

/**
 * Breaks a text between words. `indent` is how far the following lines are moved in, `used` how much
 * of the first line is taken. A word that is longer than a line stays whole, so that it can be copied.
 */
export function wrap(text: string, indent = 0, used = 0): string {
  const lines: string[] = [];
  let line = "";
  let room = COLUMNS - used;
  for (const word of printable(text).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && longer.length > room) {
      lines.push(line);
      line = word;
      room = COLUMNS - indent;
    } else line = longer;
  }
  return [...lines, line].join(`\n${" ".repeat(indent)}`);
}

/** Shows control characters, which could move the cursor or forge lines, as what they are. */
export function printable(text: string): string {
  return text.replaceAll(
    /[^\P{Cc}\t]/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** The lines of a table, the head first. */
export function tableLines(table: Table): readonly string[] {
  return table.toString().split("\n").map((line) => line.trimEnd());
}

/** `1 error`, `2 errors`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}

/** A time as people read it, to the second: `2026-01-31 12:00:00`. Still UTC. */
export function readableTime(iso: string): string {
  return iso.replace("T", " ").replace(/(\.\d+)?Z$/, "");
}
