// Reads the rows of an FTS5 table that stores no text, by its index.

import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier, quoteText } from "../sqlite/quote.ts";
import { rowidOf } from "../sqlite/rowid.ts";
import type { Table } from "../sqlite/schema.ts";
import type { Snapshots } from "./snapshots.ts";

/**
 * The rows of a table as a term that can follow FROM, with its row number and its columns, each of
 * which holds the tokens of its text in order. The columns themselves read as NULL:
 * https://sqlite.org/fts5.html#contentless_tables
 */
export function contentlessRows(
  connection: Connection,
  snapshots: Snapshots,
  table: Table,
): string {
  const { name, columns } = table;
  const rowid = rowidOf(table) ?? "rowid";
  // The vocabulary of another database can only be read by a temporary table:
  // https://sqlite.org/fts5.html#the_fts5vocab_virtual_table_module
  connection.exec(
    `CREATE VIRTUAL TABLE temp.godwit_tokens USING fts5vocab (main, ${quoteText(name)}, instance)`,
  );
  try {
    // Without `detail=full` there are no offsets, and with `detail=none` no columns either.
    const first = quoteText(columns[0]?.name ?? "");
    const texts = snapshots.copy(
      `(SELECT doc, coalesce(col, ${first}) AS name,
               group_concat(term, char(31) ORDER BY "offset", term) AS tokens
          FROM temp.godwit_tokens GROUP BY doc, name)`,
      ["doc", "name", "tokens"],
      2,
    );
    // The unary plus takes the affinity away, for which the index of the copy could not be used.
    const tokens = columns.map((column) =>
      `(SELECT c2 FROM ${texts} WHERE c0 = +f.${rowid} AND c1 = ${quoteText(column.name)})`
    );
    const rows = snapshots.copy(
      `main.${quoteIdentifier(name)} f`,
      [`f.${rowid}`, ...tokens],
      1,
    );
    const named = columns.map((column, at) => `c${at + 1} AS ${quoteIdentifier(column.name)}`);
    return `(SELECT ${[`c0 AS ${rowid}`, ...named].join(", ")} FROM ${rows})`;
  } finally {
    connection.exec("DROP TABLE temp.godwit_tokens");
  }
}
