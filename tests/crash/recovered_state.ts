// What SQLite finds in a database after a crash, or at any other time.

import { currentVersion } from "../../lib/plan/history.ts";
import { readHistory } from "../../lib/history/history_table.ts";
import type { Connection } from "../../lib/sqlite/connection.ts";
import { quoteIdentifier } from "../../lib/sqlite/quote.ts";
import { textOf } from "../../lib/sqlite/row.ts";
import { PLUGIN } from "./migration_session.ts";

/** Everything that a database says: schema and rows, the tracking tables among them. */
export interface DatabaseState {
  /** The highest applied version by the tracking table. */
  readonly version: number;
  /** Equal for databases with the same schema and the same rows. */
  readonly contents: string;
  /** The same without godwit's own tables, which also remember what failed. */
  readonly ownContents: string;
}

/** Reads all of a database; throws where SQLite finds it damaged. */
export function readState(connection: Connection): DatabaseState {
  const check = connection.value("PRAGMA integrity_check");
  if (check !== "ok") throw new Error(`integrity_check: ${check}`);
  const schema = connection.rows(
    "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name",
  );
  const rows = schema.filter(({ type }) => type === "table").map((table) => {
    const name = textOf(table, "name");
    return [name, connection.rows(`SELECT * FROM ${quoteIdentifier(name)}`)] as const;
  });
  return {
    version: currentVersion(readHistory(connection, PLUGIN)),
    contents: toText([schema, rows]),
    ownContents: toText([
      schema.filter((row) => isOwn(textOf(row, "tbl_name"))),
      rows.filter(([name]) => isOwn(name)),
    ]),
  };
}

// The sequence counts attempts too.
function isOwn(table: string): boolean {
  return !table.startsWith("plugin_schema_migration") && table !== "sqlite_sequence";
}

function toText(value: unknown): string {
  return JSON.stringify(
    value,
    (_, part) => typeof part === "bigint" || part instanceof Uint8Array ? String(part) : part,
  );
}
