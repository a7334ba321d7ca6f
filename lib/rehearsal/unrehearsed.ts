// Decides whether a statement failed only because the shadow is missing something. Pure.

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
