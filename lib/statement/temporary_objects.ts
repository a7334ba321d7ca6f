// Removes what a migration left in the connection's temporary schema.

import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { textOf } from "../sqlite/row.ts";
import type { RunTables } from "./statement_stream.ts";

/** Drops temporary tables and views with what depends on them, before the next migration. */
export function dropTemporaryObjects(connection: Connection, run: RunTables): void {
  if (!run.hasTemporary) return;
  run.hasTemporary = false;
  const objects = connection.rows(
    `SELECT type, name FROM temp.sqlite_temp_schema WHERE type IN ('table', 'view', 'trigger')
        AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
  );
  // Triggers first: they may be on tables of the main schema.
  for (const type of ["trigger", "view", "table"]) {
    for (const row of objects.filter((each) => each["type"] === type)) {
      connection.exec(
        `DROP ${type.toUpperCase()} IF EXISTS temp.${quoteIdentifier(textOf(row, "name"))}`,
      );
    }
  }
  // AUTOINCREMENT makes this table, and SQLite never drops it.
  const hasSequence = connection.integer(
    "SELECT count(*) FROM temp.sqlite_temp_schema WHERE name = 'sqlite_sequence'",
  ) > 0;
  if (hasSequence) connection.exec("DELETE FROM temp.sqlite_sequence");
}
