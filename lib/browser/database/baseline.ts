// Makes the first migration of a database that has no history, and records it as applied. Loaded on
// demand; runs where SQLite runs.

import { type Deadline, deadlineIn } from "../../deadline.ts";
import { createHistoryTables, recordAttempt } from "../../history/history_table.ts";
import { packText } from "../../history/file_text.ts";
import type { Migration } from "../../migration/migration.ts";
import { parseMigration } from "../../migration/parse_migration.ts";
import type { Outcome } from "../../outcome.ts";
import { isReserved } from "../../plan/reserved_names.ts";
import { buildScript } from "../../rebuild/build_script.ts";
import { dumpText } from "../../rebuild/dump_text.ts";
import { replayMigrations } from "../../rebuild/read_schemas.ts";
import { scriptText } from "../../rebuild/script_text.ts";
import { TextComparison } from "../../rebuild/text_comparison.ts";
import type { Connection } from "../../sqlite/connection.ts";
import { EMPTY_SCHEMA, type Schema } from "../../sqlite/schema.ts";
import { readSchema } from "../../sqlite/schema_follower.ts";
import type { Sqlite3 } from "../../sqlite/sqlite3.ts";
import type { Draft } from "../sandbox.ts";

const FILE = "001_baseline.sql";
const TIMEOUT_MS = 20_000;

/** A file that makes a schema in an empty database, with the statements that SQLite keeps of it. */
export async function baselineOf(sqlite3: Sqlite3, schema: Schema): Promise<Outcome<Draft>> {
  const options = { renames: [], requires: null };
  const script = buildScript(sqlite3, EMPTY_SCHEMA, schema, options, within());
  if (!script.ok) return script;
  const text = `-- The schema of the database when godwit took it over. It is recorded as applied
-- there; in a new database it runs.

-- UP: the tables that were there
${dumpText(schema)}
-- DOWN: drops all of them
${scriptText(script.value.down)}
`;
  const made = await madeBy(sqlite3, { file: FILE, text }, schema);
  return made.ok ? { ok: true, value: { file: FILE, text } } : made;
}

/** Records a baseline as applied, if it makes exactly the schema of the database. */
export async function recordBaseline(
  connection: Connection,
  plugin: string,
  baseline: Draft,
  at: string,
): Promise<Outcome<void>> {
  const schema = readSchema(connection, isReserved);
  const made = await madeBy(connection.sqlite3, baseline, schema);
  if (!made.ok) return made;
  const { version, name, checksum } = made.value;
  const fileText = await packText(baseline.text);
  connection.exec("BEGIN");
  createHistoryTables(connection);
  recordAttempt(connection, plugin, {
    direction: "apply",
    version,
    name,
    checksum,
    at,
    by: "sandbox",
    executionTimeMs: 0,
    // No plan ran.
    planHash: checksum,
    runId: crypto.randomUUID(),
    error: null,
    backup: null,
    changes: [],
    dataLoss: [],
    fileText,
  });
  connection.exec("COMMIT");
  return { ok: true, value: undefined };
}

/** The migration of a file, if it makes exactly this schema. */
async function madeBy(
  sqlite3: Sqlite3,
  { file, text }: Draft,
  schema: Schema,
): Promise<Outcome<Migration>> {
  const parsed = await parseMigration(file, new TextEncoder().encode(text));
  if (!parsed.ok) {
    const why = parsed.findings[0]?.message ?? "it does not parse";
    return { ok: false, code: "no-baseline", message: `${file} cannot be the baseline: ${why}` };
  }
  const replayed = replayMigrations(sqlite3, [parsed.migration], within());
  if (!replayed.ok) return replayed;
  const texts = new TextComparison(schema, replayed.value);
  const [difference] = texts.differences(schema, replayed.value);
  return difference === undefined ? { ok: true, value: parsed.migration } : {
    ok: false,
    code: "no-baseline",
    message: `${file} does not make the schema of the database: ${difference} differs`,
  };
}

function within(): Deadline {
  return deadlineIn(TIMEOUT_MS, { aborted: false });
}
