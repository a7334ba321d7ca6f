// Handles `diff`: compares a plugin's files with its schema.sql, and makes the file that leads there.

import { deadlineIn } from "../deadline.ts";
import { isError } from "../finding/finding.ts";
import type { CheckedDiff, DiffReply } from "../message/schema_file.ts";
import { nextVersion } from "../migration/file_name.ts";
import type { SqliteVersion } from "../migration/migration.ts";
import { parseSqliteVersion } from "../migration/sqlite_version.ts";
import type { Outcome } from "../outcome.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { readRename, type Rename } from "../rebuild/renames.ts";
import type { HandlerContext } from "./context.ts";
import { databaseFailure, type Failure, failureReply, validationFailure } from "./failure.ts";
import { schemaTextOf } from "./schema_text.ts";

// Files are replayed without rows, so a minute is long.
const TIMEOUT_MS = 60_000;

/**
 * Compares the schema that the files make in an empty database with the wanted one. Nothing is
 * written or applied: the reply has the text of the file. Where something dropped and something
 * added could be a rename of which the request says nothing, the reply has that in place of a file.
 */
export async function diff(
  { plugin }: DatabaseAddress,
  request: CheckedDiff,
  context: HandlerContext,
): Promise<DiffReply | Failure> {
  const options = readOptions(request);
  if (!options.ok) return failureReply("INVALID_REQUEST", plugin, options.message);
  const found = await context.source.find(plugin);
  if (!found.found) return failureReply("PLUGIN_NOT_FOUND", plugin, found.message);
  const read = request.schema === undefined
    ? await schemaTextOf(plugin, context.source)
    : { ok: true, value: request.schema } as const;
  if (!read.ok) return failureReply("VALIDATION_FAILED", plugin, read.message);
  if (read.value === null) {
    const message =
      `"${plugin}" has no schema.sql; write what "godwit dump ${plugin}" prints to it`;
    return failureReply("INVALID_REQUEST", plugin, message);
  }
  await using session = await context.databases.open({ kind: "empty", plugin }, "read");
  const loaded = await session.load(found.files);
  if (!loaded.ok) return databaseFailure(loaded, plugin);
  const { migrations, findings } = loaded.value;
  if (findings.some(isError)) return validationFailure(plugin, "", findings);
  const file = { ...options.value, title: request.description, unnamed: "ask" as const };
  const generated = await session.generate(
    { schema: read.value, file: request.no_rename ? { ...file, unnamed: "none" } : file },
    deadlineIn(TIMEOUT_MS, context.signal),
  );
  if (!generated.ok) return refusal(generated, plugin);
  const { differences, schemaDiff, possibleRenames, text, losses } = generated.value;
  return {
    success: true,
    verb: "diff",
    plugin_name: plugin,
    differences: [...differences],
    schema_diff: schemaDiff,
    possible_renames: [...possibleRenames],
    version: nextVersion(migrations),
    file: text,
    losses: [...losses],
  };
}

interface Options {
  readonly renames: readonly Rename[];
  readonly requires: SqliteVersion | null;
}

function readOptions({ renames, requires }: CheckedDiff): Outcome<Options> {
  const read: Rename[] = [];
  for (const text of renames) {
    const rename = readRename(text);
    if (rename === null) {
      const message =
        `Cannot read the rename ${JSON.stringify(text)}; write quotes.author=quotes.writer, or ` +
        `quotes=sayings for a table`;
      return { ok: false, code: "rename", message };
    }
    read.push(rename);
  }
  const version = requires === undefined ? null : parseSqliteVersion(requires);
  return { ok: true, value: { renames: read, requires: version } };
}

function refusal(
  { code, message }: Extract<Outcome<unknown>, { readonly ok: false }>,
  plugin: string,
): Failure {
  switch (code) {
    case "unknown-rename":
      return failureReply("INVALID_REQUEST", plugin, message);
    case "schema-file":
    case "files":
    case "not-generated":
      return failureReply("VALIDATION_FAILED", plugin, message);
    default:
      return databaseFailure({ message }, plugin);
  }
}
