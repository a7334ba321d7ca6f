// Compares the files of a plugin with a schema.sql, and makes either of the other: the file that
// leads to it, and the text of the schema. Loaded on demand; runs where SQLite runs.

import type { Deadline } from "../deadline.ts";
import type { Migration, SqliteVersion } from "../migration/migration.ts";
import type { Outcome } from "../outcome.ts";
import { isReserved } from "../plan/reserved_names.ts";
import { buildScript } from "../rebuild/build_script.ts";
import { dumpText } from "../rebuild/dump_text.ts";
import { fileText } from "../rebuild/file_text.ts";
import { readSchemaText, replayMigrations } from "../rebuild/read_schemas.ts";
import { formatRename, possibleRenames, type Rename, renameProblem } from "../rebuild/renames.ts";
import { TextComparison } from "../rebuild/text_comparison.ts";
import { wantedChange } from "../rebuild/wanted_change.ts";
import type { Connection } from "../sqlite/connection.ts";
import { readSchema } from "../sqlite/schema_follower.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";

/** What is wanted of a comparison. */
export interface GenerationRequest {
  /** The text of the schema.sql. */
  readonly schema: string;
  /** How to make the file; `null` to compare alone. */
  readonly file: {
    readonly title: string;
    readonly renames: readonly Rename[];
    /** Whether what is dropped and added may be a rename of which nothing is said. */
    readonly unnamed: "ask" | "none";
    readonly requires: SqliteVersion | null;
  } | null;
}

/** How the files and the schema.sql differ. */
export interface Generation {
  /** The objects that one of them lacks, or has with another text, such as `table "quotes"`. */
  readonly differences: readonly string[];
  /** Both as schema.sql in unified form, without what is only written in another way. */
  readonly schemaDiff: string;
  /** Possible renames of which nothing was said; then there is no text. */
  readonly possibleRenames: readonly string[];
  /** The text of the file; `null` where none is needed, wanted, or safe to write. */
  readonly text: string | null;
  /** What the rows lose by it. */
  readonly losses: readonly string[];
}

/** Why nothing was generated. */
export type GenerationCode = "schema-file" | "files" | "unknown-rename" | "not-generated";

/** Compares, and makes the file where it is wanted. */
export function generate(
  sqlite3: Sqlite3,
  migrations: readonly Migration[],
  { schema, file }: GenerationRequest,
  deadline: Deadline,
): Outcome<Generation, GenerationCode> {
  const wanted = readSchemaText(sqlite3, schema, deadline);
  if (!wanted.ok) return wanted;
  const present = replayMigrations(sqlite3, migrations, deadline);
  if (!present.ok) return present;
  const from = present.value;
  const to = wanted.value;
  const texts = new TextComparison(from, to);
  const differences = texts.differences(to, from);
  const schemaDiff = differences.length === 0 ? "" : wantedChange(from, to, texts).text;
  const compared = { differences, schemaDiff, possibleRenames: [], text: null, losses: [] };
  if (file === null || differences.length === 0) return { ok: true, value: compared };
  const problem = renameProblem(from, to, file.renames);
  if (problem !== null) return problem;
  const possible = file.unnamed === "none" ? [] : possibleRenames(from, to, file.renames);
  if (possible.length > 0) {
    return { ok: true, value: { ...compared, possibleRenames: possible.map(formatRename) } };
  }
  const built = buildScript(sqlite3, from, to, file, deadline);
  if (!built.ok) return built;
  return {
    ok: true,
    value: {
      ...compared,
      text: fileText(file.title, built.value, file.requires),
      losses: built.value.up.losses,
    },
  };
}

/** The schema that files make, as a schema.sql. */
export function dumpFiles(
  sqlite3: Sqlite3,
  migrations: readonly Migration[],
  deadline: Deadline,
): Outcome<string, "files"> {
  const schema = replayMigrations(sqlite3, migrations, deadline);
  return schema.ok ? { ok: true, value: dumpText(schema.value) } : schema;
}

/** The schema of a database as a schema.sql. */
export function dumpDatabase(connection: Connection): string {
  return dumpText(readSchema(connection, isReserved));
}
