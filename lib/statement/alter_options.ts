// Names the options with which an ALTER TABLE runs that SQLite refused because of another object.

import type { Alter, AlterForm } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import { isAboutDoubleQuotedText } from "../sqlite/double_quoted_text.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { SqliteFailure } from "../sqlite/sqlite_error.ts";

/** The tables that the statements of a run have created and dropped, in lower case. */
interface RunTables {
  readonly created: ReadonlySet<string>;
  readonly dropped: ReadonlySet<string>;
}

/** The forms that write no text of their own into the schema. */
const REWRITING_FORMS: readonly AlterForm[] = ["rename-table", "rename-column", "drop-column"];

/**
 * Options of https://sqlite.org/c3ref/c_dbconfig_defensive.html that let an ALTER TABLE pass; none
 * where the failure is its own. They act when the statement is prepared.
 */
export function optionsAgainst(
  { sqlite3: { capi } }: Connection,
  failure: SqliteFailure,
  { table, form }: Alter,
  run: RunTables,
): readonly number[] {
  // Where SQLite rewrites an old schema, it puts these texts into single quotes.
  if (hasDoubleQuotedText(failure) && REWRITING_FORMS.includes(form)) {
    return [capi.SQLITE_DBCONFIG_DQS_DDL, capi.SQLITE_DBCONFIG_DQS_DML];
  }
  // In the rebuild pattern the old table is gone when the new one takes its name, and SQLite
  // refuses the rename where a view or a trigger names the missing table. Only the legacy behaviour
  // passes over them (https://sqlite.org/lang_altertable.html#otheralter). With foreign keys on, it
  // still rewrites the keys that point at the renamed table; the option, unlike the pragma, takes
  // effect within a transaction.
  const isRebuild = form === "rename-table" && run.dropped.size > 0 &&
    run.created.has(foldName(table));
  return isRebuild && namesBrokenObject(failure)
    ? [capi.SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, capi.SQLITE_DBCONFIG_ENABLE_FKEY]
    : [];
}

// Such as "error in view v: no such table: main.t".
function namesBrokenObject({ code, message }: SqliteFailure): boolean {
  return code === "SQLITE_ERROR" && /^error in (view|trigger) /.test(message);
}

// Such as: error in view v: no such column: "text" - should this be a string literal in
// single-quotes?
function hasDoubleQuotedText({ code, message }: SqliteFailure): boolean {
  return code === "SQLITE_ERROR" && /^error in (view|trigger|table|index) /.test(message) &&
    isAboutDoubleQuotedText(message);
}
