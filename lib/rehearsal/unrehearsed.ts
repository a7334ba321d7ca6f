// Decides what a rehearsal cannot show because the shadow is missing something. Pure.

import type { ForeignKeyMode } from "../migration/migration.ts";
import { type Access, isSchemaChange, isWrite } from "../sqlite/access.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { SqliteFailure } from "../sqlite/sqlite_error.ts";
import type { MissingObject } from "./shadow.ts";

/**
 * Says whether a failure is about a missing object. `uncertain` says that a statement was left out
 * which may have changed the schema: then any failure counts, except of SQL that cannot be parsed.
 */
export function needsMissing(
  { code, message }: SqliteFailure,
  missing: readonly MissingObject[],
  uncertain: boolean,
): boolean {
  if (code !== "SQLITE_ERROR" || missing.length === 0) return false;
  if (/syntax error$|^incomplete input$|^unrecognized token/.test(message)) return false;
  return uncertain || missing.some(({ name }) => names(message, name));
}

/**
 * Says whether a statement may write more on the real database than on the shadow: by a trigger
 * that is missing, or, where foreign keys are on, by the action of a key of a missing table.
 */
export function maySetOffMissing(
  accesses: readonly Access[],
  missing: readonly MissingObject[],
  foreignKeys: ForeignKeyMode | null,
): boolean {
  if (accesses.some(isSchemaChange)) return false;
  return missing.some(({ object }) =>
    object === "trigger" || object === "table" && foreignKeys === "on"
  ) && accesses.some(isWrite);
}

// Such as "no such table: main.doc" or "error in view v: no such table: doc".
function names(message: string, name: string): boolean {
  const text = foldName(message);
  const wanted = foldName(name);
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
    const around = `${text[at - 1] ?? " "}${text[at + wanted.length] ?? " "}`;
    if (!/[\p{L}\p{N}_$]/u.test(around)) return true;
  }
  return false;
}
