// Makes the text of a file in which its faults are cured, and rehearses it: what would be refused,
// or has an error, is not suggested.

import type { Deadline } from "../deadline.ts";
import { isError, type Suggestion } from "../finding/finding.ts";
import type { Migration } from "../migration/migration.ts";
import { parseMigrationText } from "../migration/parse_migration.ts";
import { parseSqliteVersion } from "../migration/sqlite_version.ts";
import { withSections } from "../migration/with_sections.ts";
import { leadTo } from "../rebuild/one_way.ts";
import { Scratch } from "../rebuild/scratch.ts";
import { scriptText } from "../rebuild/script_text.ts";
import { hasWord } from "../rebuild/table_text.ts";
import type { RehearsalBase } from "../rehearsal/rehearse.ts";
import { acceptancesOf, acceptFindings } from "../rule/acceptances.ts";
import { inOrder, rehearsalFindings } from "../rule/rehearsal_findings.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { hasStatement } from "../sqlite/skip_trivia.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { completed } from "./complete_sections.ts";
import { cureSection } from "./cure_section.ts";
import { type RehearsedFile, rehearseFile } from "./rehearse_file.ts";
import { reorderedRebuilds } from "./reordered_rebuild.ts";
import { replaySection } from "./replay_section.ts";
import type { CheckedSuggestion } from "./suggestions.ts";

// A review reads no more, and no reply has to carry it.
const MAX_LENGTH = 64 * 1024;

// What is added in one round, such as an index, may show what is missing in the next.
const MAX_ROUNDS = 4;

/** Cures a file on the schema before it; `null` where that cannot be done without an error. */
export async function suggest(
  sqlite3: Sqlite3,
  base: RehearsalBase,
  migration: Migration,
  deadline: Deadline,
): Promise<CheckedSuggestion | null> {
  if (migration.text.length > MAX_LENGTH) return null;
  const ordered = await hasStrays(sqlite3, base, migration, deadline)
    ? await withText(migration, reorderSections(sqlite3, base, migration, deadline)) ?? migration
    : migration;
  let current = await withText(ordered, cureSections(sqlite3, base, ordered, deadline));
  for (let round = 0; current !== null && round < MAX_ROUNDS; round++) {
    const file = await rehearseFile(sqlite3, base, current, deadline);
    const { up, down } = current;
    const added = completed(sqlite3, base.schema, file, deadline);
    if (added.up === up.sql && added.down === down.sql) return judge(sqlite3, migration, file);
    current = await withText(current, added);
  }
  return null;
}

/** Whether a rename of the file takes references to another table along. */
async function hasStrays(
  sqlite3: Sqlite3,
  base: RehearsalBase,
  migration: Migration,
  deadline: Deadline,
): Promise<boolean> {
  // Most files rename nothing, and need not be rehearsed for this.
  if (![migration.up, migration.down].some(({ sql }) => hasWord(sql, "RENAME"))) return false;
  const { rehearsal } = await rehearseFile(sqlite3, base, migration, deadline);
  return rehearsal.steps.some(({ strays }) => strays.length > 0);
}

function reorderSections(
  sqlite3: Sqlite3,
  { schema }: RehearsalBase,
  { up, down, foreignKeys }: Migration,
  deadline: Deadline,
): Suggestion {
  using before = new Scratch(sqlite3, schema, deadline);
  const orderedUp = reorderedRebuilds(before, up.sql, foreignKeys);
  using reordered = new Scratch(sqlite3, schema, deadline);
  replaySection(reordered, orderedUp, foreignKeys);
  using after = new Scratch(sqlite3, reordered.schema, deadline);
  return { up: orderedUp, down: reorderedRebuilds(after, down.sql, foreignKeys) };
}

function cureSections(
  sqlite3: Sqlite3,
  { schema, tablesWithRows }: RehearsalBase,
  migration: Migration,
  deadline: Deadline,
): Suggestion {
  const { requires, foreignKeys, accepts, up, down } = migration;
  const options = {
    requires,
    foreignKeys,
    accepts,
    deadline,
    tablesWithRows: new Set(tablesWithRows.map(foldName)),
  };
  using before = new Scratch(sqlite3, schema, deadline);
  const curedUp = cureSection(before, up.sql, { ...options, filling: "refuse" });
  const after = before.schema;
  if (hasStatement(down.sql)) {
    using scratch = new Scratch(sqlite3, after, deadline);
    const curedDown = cureSection(scratch, down.sql, { ...options, filling: "placeholder" });
    return { up: curedUp.sql, down: curedDown.sql };
  }
  // A comment says that nothing is meant to lead back. Rows that a statement wrote would stay.
  const isForgotten = down.sql.trim() === "" && curedUp.sql !== up.sql && !curedUp.writesRows;
  const back = isForgotten
    ? leadTo(sqlite3, after, schema, { renames: [], requires, filling: "placeholder", deadline })
    : null;
  return { up: curedUp.sql, down: back?.ok ? `${scriptText(back.value)}\n` : down.sql };
}

/** The file with other sections; `null` where it cannot be read then. */
async function withText(
  migration: Migration,
  sections: Suggestion,
): Promise<Migration | null> {
  const text = withSections(migration.text, sections);
  if (text === null || text.length > MAX_LENGTH) return null;
  const parsed = await parseMigrationText(migration, text);
  return parsed.ok ? parsed.migration : null;
}

function judge(
  { version }: Sqlite3,
  original: Migration,
  { migration, steps, rehearsal }: RehearsedFile,
): CheckedSuggestion | null {
  const engine = parseSqliteVersion(version.libVersion);
  const isWhole = rehearsal.stopped.length === 0 && rehearsal.missing.length === 0;
  if (engine === null || !isWhole || migration.text === original.text) return null;
  // Without the fault there is nothing left to migrate.
  if (!hasStatement(migration.up.sql)) return null;
  const left = acceptFindings(
    inOrder(rehearsalFindings(steps, rehearsal, engine, new Map())),
    acceptancesOf([migration]),
  );
  return left.some(isError)
    ? null
    : { suggestion: { up: migration.up.sql, down: migration.down.sql }, left };
}
