// Finds out whether an INSERT may take the place of other rows, which the authorizer does not say.

import { type Access, isTemporary } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import type { FindTable } from "./table_writes.ts";

/**
 * Whether an INSERT replaces rows, as far as that is known without compiling it again. Only the word
 * REPLACE makes it do so, in the statement, in a constraint of the table or in a trigger. An INSERT
 * into a virtual table can be a command, such as `delete-all` of FTS5.
 */
export function replacesRows(
  find: FindTable,
  sql: string,
  accesses: readonly Access[],
): "no" | "yes" | "unknown" {
  const targets = accesses.flatMap((access) =>
    access.kind === "insert" && !isTemporary(access) ? find(access.table) ?? [] : []
  );
  if (targets.some(({ kind }) => kind !== "table")) return "yes";
  if (targets.length === 0) return "no";
  const firesTrigger = accesses.some((access) => "trigger" in access && access.trigger !== null);
  return firesTrigger || [sql, ...targets.map((table) => table.sql)].some(namesReplace)
    ? "unknown"
    : "no";
}

/**
 * Whether the compiled statement, or a trigger that it fires, can delete a row:
 * https://sqlite.org/bytecodevtab.html
 */
export function canDeleteRows(connection: Connection, sql: string): boolean {
  const found = "SELECT EXISTS (SELECT 1 FROM bytecode(?) WHERE opcode = 'Delete')";
  return connection.integer(found, [sql]) === 1;
}

function namesReplace(sql: string): boolean {
  return /replace/i.test(sql);
}
