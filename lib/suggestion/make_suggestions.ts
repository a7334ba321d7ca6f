// Makes the suggestions for the files of a rehearsal. Runs where SQLite runs.

import { type Deadline, overdue } from "../deadline.ts";
import type { Migration } from "../migration/migration.ts";
import { Scratch } from "../rebuild/scratch.ts";
import type { RehearsalBase } from "../rehearsal/rehearse.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { noTables } from "../statement/statement_stream.ts";
import { dropTemporaryObjects } from "../statement/temporary_objects.ts";
import { replaySection } from "./replay_section.ts";
import { suggest } from "./suggest.ts";
import type { CheckedSuggestion, Suggestions } from "./suggestions.ts";

// The reply waits for it, and a file that takes longer has statements that do not end.
const TIMEOUT_MS = 5_000;

/**
 * Makes the suggestions for faulty files of `migrations`, which run one after the other on `base`;
 * `null` where there was no time.
 */
export async function makeSuggestions(
  sqlite3: Sqlite3,
  base: RehearsalBase,
  migrations: readonly Migration[],
  faulty: readonly Migration[],
  { atMs, signal }: Deadline,
): Promise<Suggestions | null> {
  const made = new Map<number, CheckedSuggestion>();
  const deadline = { atMs: Math.min(atMs, performance.now() + TIMEOUT_MS), signal };
  using scratch = new Scratch(sqlite3, base.schema, deadline);
  // The files before may insert some.
  const filled = new Set(base.tablesWithRows.map(foldName));
  const last = Math.max(...faulty.map(({ version }) => version));
  for (const migration of migrations.filter(({ version }) => version <= last)) {
    if (overdue(deadline) !== null) return null;
    const { version, foreignKeys } = migration;
    let sql = migration.up.sql;
    if (faulty.includes(migration)) {
      const { schema } = scratch;
      const tablesWithRows = schema.tables.map(({ name }) => name)
        .filter((name) => filled.has(foldName(name)));
      const checked = await suggest(
        sqlite3,
        { ...base, schema, tablesWithRows },
        migration,
        deadline,
      );
      if (checked !== null) {
        made.set(version, checked);
        sql = checked.suggestion.up;
      }
    }
    const { filled: names, isWhole } = replaySection(scratch, sql, foreignKeys);
    for (const name of names) filled.add(foldName(name));
    if (!isWhole) break;
    // As at the end of each migration.
    dropTemporaryObjects(scratch.connection, { ...noTables(), hasTemporary: true });
  }
  return overdue(deadline) === null ? made : null;
}
