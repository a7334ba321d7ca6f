// Makes the SQL that leads from one schema to another, and the SQL that leads back. Pure: no files
// and no clock; SQLite runs in memory.

import type { Deadline } from "../deadline.ts";
import type { SqliteVersion } from "../migration/migration.ts";
import type { Outcome } from "../outcome.ts";
import type { Schema } from "../sqlite/schema.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { leadTo } from "./one_way.ts";
import { inverted, type Rename } from "./renames.ts";
import type { SchemaScript } from "./schema_script.ts";

/** What the author says about the change. */
export interface ScriptOptions {
  readonly renames: readonly Rename[];
  /** The SQLite that the file declares; `null` for any. Newer ones can alter more in place. */
  readonly requires: SqliteVersion | null;
}

/**
 * Makes both scripts, of renames in which `renameProblem()` finds nothing. Fails with
 * `not-generated` where SQLite does not make the wanted schema of the statements, or not before the
 * deadline.
 */
export function buildScript(
  sqlite3: Sqlite3,
  from: Schema,
  to: Schema,
  { renames, requires }: ScriptOptions,
  deadline: Deadline,
): Outcome<SchemaScript, "not-generated"> {
  const up = leadTo(sqlite3, from, to, { renames, requires, filling: "refuse", deadline });
  if (!up.ok) return up;
  const back = inverted(renames);
  const down = leadTo(sqlite3, up.value.schema, from, {
    renames: back,
    requires,
    filling: "placeholder",
    deadline,
  });
  return down.ok ? { ok: true, value: { up: up.value, down: down.value } } : down;
}
