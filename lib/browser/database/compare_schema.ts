// Compares the schema that migration files make with a wanted one, and generates the next file.
// Loaded on demand; runs where SQLite runs.

import type { Deadline } from "../../deadline.ts";
import { nameFrom } from "../../migration/describe_file.ts";
import { formatFileName, nextVersion } from "../../migration/file_name.ts";
import type { Migration } from "../../migration/migration.ts";
import type { Outcome } from "../../outcome.ts";
import { buildScript } from "../../rebuild/build_script.ts";
import { dumpText } from "../../rebuild/dump_text.ts";
import { fileText } from "../../rebuild/file_text.ts";
import { followRenames } from "../../rebuild/follow_renames.ts";
import { readSchemaText, replayMigrations } from "../../rebuild/read_schemas.ts";
import { askRenames } from "../../rebuild/rename_questions.ts";
import type { Rename } from "../../rebuild/renames.ts";
import { TextComparison } from "../../rebuild/text_comparison.ts";
import { wantedChange } from "../../rebuild/wanted_change.ts";
import type { Schema } from "../../sqlite/schema.ts";
import { describeChange } from "../../sqlite/schema_diff.ts";
import type { Sqlite3 } from "../../sqlite/sqlite3.ts";
import type {
  GeneratedFile,
  SchemaComparison,
  SchemaDifference,
  SchemaFinding,
  WantedSchema,
} from "../comparison.ts";

/** Compares the schemas. Fails where the files make none. */
export function compareSchema(
  sqlite3: Sqlite3,
  migrations: readonly Migration[],
  wanted: WantedSchema,
  deadline: Deadline,
): Outcome<SchemaComparison> {
  const files = replayMigrations(sqlite3, migrations, deadline);
  if (!files.ok) return files;
  const from = files.value;
  const present = dumpText(from);
  const answer = (found: SchemaFinding): Outcome<SchemaComparison> => {
    return { ok: true, value: { present, found } };
  };
  if (wanted.schema === null) return answer({ kind: "same" });
  const read = readSchemaText(sqlite3, wanted.schema, deadline);
  if (!read.ok) return answer({ kind: "wrong", message: read.why, ...read.position });
  const to = read.value;
  const texts = new TextComparison(from, to);
  const differences = texts.differences(to, from);
  if (differences.length === 0) return answer({ kind: "same" });
  const { questions, renames } = askRenames(from, to, wanted.renames);
  const isOpen = questions.some((question) => question.answer === null);
  return answer({
    kind: "different",
    ...describe(from, to, renames, texts),
    questions,
    file: isOpen ? null : generate(),
  });

  function generate(): Outcome<GeneratedFile> {
    const options = { renames, requires: null };
    const built = buildScript(sqlite3, from, to, options, deadline);
    if (!built.ok) return built;
    const named = nameFrom(wanted.description) === "" ? change(differences) : wanted.description;
    return {
      ok: true,
      value: {
        file: formatFileName({ version: nextVersion(migrations), name: nameFrom(named) }),
        text: fileText(named, built.value, null),
        losses: built.value.up.losses,
      },
    };
  }
}

/** What changes, apart from what is only written in another way. */
function describe(
  from: Schema,
  to: Schema,
  renames: readonly Rename[],
  texts: TextComparison,
): Pick<SchemaDifference, "text" | "effect"> {
  const { slice, after, text } = wantedChange(from, to, texts);
  const { changes } = describeChange(slice, followRenames(from, renames));
  return { text, effect: { before: from, after, changes: [...changes] } };
}

const MOST_NAMED = 3;

function change(differences: readonly string[]): string {
  const rest = differences.length - MOST_NAMED;
  const named = differences.slice(0, MOST_NAMED).map((each) => each.replaceAll('"', ""));
  return `Change ${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
