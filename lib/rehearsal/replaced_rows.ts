// Finds out whether a statement may delete rows that are in its way, which the authorizer does not
// report.

import { type Access, isTemporary } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import type { Table } from "../sqlite/schema.ts";
import type { ReadyStatement, StatementStream } from "../statement/statement_stream.ts";

/** Whether rows that are in the way of others may be deleted. */
export interface Conflicts {
  readonly insertsReplace: boolean;
  readonly updatesReplace: boolean;
}

/**
 * Only the word REPLACE makes a statement delete the rows in its way: in the statement, in a
 * constraint of the table or in a trigger. Where it is found, the bytecode says whether an INSERT
 * can delete a row; that of an UPDATE always does. An INSERT into a virtual table can be a command,
 * such as `delete-all` of FTS5.
 */
export function conflictsOf(
  connection: Connection,
  stream: Pick<StatementStream, "unguarded">,
  { text: { sql } }: Pick<ReadyStatement, "text">,
  accesses: readonly Access[],
  find: (name: string) => Table | null,
): Conflicts {
  const writes = accesses.flatMap((access) =>
    (access.kind === "insert" || access.kind === "update") && !isTemporary(access) ? [access] : []
  );
  const inserted = writes.flatMap(({ kind, table }) => kind === "insert" ? find(table) ?? [] : []);
  const isCommand = inserted.some(({ kind }) => kind !== "table");
  const triggers = new Set(writes.flatMap(({ trigger }) => trigger ?? []));
  const namesReplace = [
    sql,
    ...writes.map(({ table }) => find(table)?.sql ?? ""),
    ...[...triggers].map((trigger) => stream.unguarded(() => triggerText(connection, trigger))),
  ].some((text) => /replace/i.test(text));
  return {
    insertsReplace: isCommand ||
      namesReplace && inserted.length > 0 &&
        stream.unguarded(() => canDeleteRows(connection, sql)),
    updatesReplace: namesReplace,
  };
}

// https://sqlite.org/bytecodevtab.html
function canDeleteRows(connection: Connection, sql: string): boolean {
  const found = "SELECT EXISTS (SELECT 1 FROM bytecode(?) WHERE opcode = 'Delete')";
  return connection.integer(found, [sql]) === 1;
}

function triggerText(connection: Connection, name: string): string {
  const found = `SELECT group_concat(sql) FROM (
    SELECT type, name, sql FROM main.sqlite_schema
    UNION ALL SELECT type, name, sql FROM temp.sqlite_temp_schema)
    WHERE type = 'trigger' AND name = ? COLLATE NOCASE`;
  return String(connection.value(found, [name]) ?? "");
}
