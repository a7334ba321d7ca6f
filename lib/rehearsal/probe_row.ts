// Puts one made-up row into a table of the shadow, so that SQLite says what it refuses on rows.

import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import type { Column, Table } from "../sqlite/schema.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";

/**
 * Inserts a row with a value of the right type in every column, past triggers and CHECK
 * constraints; `false` where the table does not take it.
 */
export function insertProbeRow(connection: Connection, table: Table): boolean {
  const { SQLITE_DBCONFIG_ENABLE_TRIGGER } = connection.sqlite3.capi;
  const columns = table.columns.filter(({ generated }) => !generated);
  connection.configure(SQLITE_DBCONFIG_ENABLE_TRIGGER, false);
  try {
    connection.exec("PRAGMA ignore_check_constraints=ON");
    connection.exec(
      `INSERT INTO ${quoteIdentifier(table.name)} (${
        columns.map(({ name }) => quoteIdentifier(name)).join(", ")
      })
       VALUES (${columns.map(probeValue).join(", ")})`,
    );
    return true;
  } catch (error) {
    if (error instanceof SqliteError) return false;
    throw error;
  } finally {
    connection.exec("PRAGMA ignore_check_constraints=OFF");
    connection.configure(SQLITE_DBCONFIG_ENABLE_TRIGGER, true);
  }
}

// By the rules of https://sqlite.org/datatype3.html#determination_of_column_affinity
function probeValue({ type }: Column): string {
  const name = type.toUpperCase();
  if (name.includes("INT")) return "1";
  if (/CHAR|CLOB|TEXT/.test(name)) return "'x'";
  if (name.includes("BLOB") || name === "") return "x'00'";
  return "1";
}
