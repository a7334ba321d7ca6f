// Finds row numbers that AUTOINCREMENT gives out a second time after a rebuild.

import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import type { Table } from "../sqlite/schema.ts";
import { rowidOf } from "../sqlite/rowid.ts";
import type { ReusedNumbers } from "./data_loss.ts";

/** The last number that AUTOINCREMENT gave to a row of `table`; 0 without AUTOINCREMENT. */
export function lastGivenNumber(connection: Connection, table: string): number {
  // SQLite makes the table with the first AUTOINCREMENT: https://sqlite.org/autoinc.html
  const hasMarks = "SELECT count(*) FROM main.sqlite_schema WHERE name = 'sqlite_sequence'";
  if (connection.integer(hasMarks) === 0) return 0;
  return connection.integer("SELECT max(seq) FROM main.sqlite_sequence WHERE name = ?", [table]);
}

/** The numbers up to `last` that the present table will give out again. */
export function reusedNumbers(
  connection: Connection,
  table: Table,
  last: number,
): readonly ReusedNumbers[] {
  const rowid = rowidOf(table);
  if (last === 0 || rowid === null || table.kind !== "table") return [];
  const from = `main.${quoteIdentifier(table.name)}`;
  const highest = connection.integer(`SELECT coalesce(max(${rowid}), 0) FROM ${from}`);
  const first = Math.max(lastGivenNumber(connection, table.name), highest) + 1;
  return first > last ? [] : [{ table: table.name, first, last }];
}
