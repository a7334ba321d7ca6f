// `diff <plugin> <description>`: writes the next file, which leads to the plugin's schema.sql.

import { readFile } from "node:fs/promises";
import { openMigrator } from "../../migrator.ts";
import type { DiffReply } from "../../message/schema_file.ts";
import { codeOf } from "../../outcome.ts";
import { nameFrom, titleFrom } from "../../migration/describe_file.ts";
import type { CommonOptions, DiffOptions } from "../command.ts";
import type { Console } from "../console.ts";
import { printable } from "../../printable.ts";
import { renderDiff } from "../render/diff.ts";
import { paragraph } from "../render/layout.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { writeMigration } from "./next_file.ts";
import { refuse } from "./refuse.ts";

/**
 * Writes the file and prints its path and what it loses, after the difference of the schemas, which
 * is no result and goes to standard error. The file is never applied by itself.
 */
export async function runDiff(
  diff: DiffOptions,
  options: CommonOptions,
  console: Console,
): Promise<ExitStatus> {
  const { plugin, description, schemaFile, check } = diff;
  const fail = (message: string): ExitStatus =>
    refuse({ error_code: "INVALID_REQUEST", message }, options, console);
  const name = nameFrom(description ?? "");
  if (name === "" && !check) {
    return fail(
      description === undefined
        ? `Say what the change is for: godwit diff ${plugin} "drop author"`
        : `The description ${JSON.stringify(description)} has no letter or digit`,
    );
  }
  let schema: string | undefined;
  try {
    if (schemaFile !== undefined) schema = await readFile(schemaFile, "utf8");
  } catch (error) {
    return fail(`Cannot read ${schemaFile}: ${codeOf(error)}`);
  }
  await using migrator = await openMigrator({ plugins: options.pluginsDir, data: options.dataDir });
  const reply = await migrator.diff(plugin, {
    description: titleFrom(description ?? ""),
    renames: [...diff.renames],
    no_rename: diff.noRename || check,
    ...(schema === undefined ? {} : { schema: schema.replaceAll("\r\n", "\n") }),
    ...(diff.requires === undefined ? {} : { requires: diff.requires }),
  });
  if (!reply.success) return refuse(reply, options, console);
  if (reply.differences.length === 0) {
    return print(reply, null, EXIT.success, "The files make the schema of schema.sql");
  }
  if (!options.json) console.err(renderDiff(reply.schema_diff, console.colors));
  if (check) {
    const message = `Files and schema.sql differ in ${reply.differences.join(", ")}; ` +
      `write the file with godwit diff ${plugin} "what it is for"`;
    return print(reply, null, EXIT.failure, message);
  }
  if (reply.file === null) {
    const status = print(reply, null, EXIT.usage, RENAME_QUESTION);
    for (const rename of options.json ? [] : reply.possible_renames) {
      console.err(`  --rename '${printable(rename)}'`);
    }
    return status;
  }
  const { version, file } = reply;
  const written = await writeMigration(options.pluginsDir, plugin, { version, name }, file);
  if (!written.ok) return fail(written.message);
  const losses = reply.losses.map((loss) => `\n! Lost: ${loss}`).join("");
  return print(reply, written.value.path, EXIT.success, `${written.value.path}${losses}`);

  function print(
    { differences, schema_diff, possible_renames, losses }: DiffReply,
    file: string | null,
    status: ExitStatus,
    message: string,
  ): ExitStatus {
    if (options.json) {
      const success = status === EXIT.success;
      console.out(
        JSON.stringify({ success, file, differences, schema_diff, possible_renames, losses }),
      );
    } else if (status === EXIT.success) console.out(message);
    else console.err(paragraph(console.colors.red("✗"), message));
    return status;
  }
}

const RENAME_QUESTION = "What is dropped and what is added could be a rename; run the command " +
  "again with those of these options that are right, and with --no-rename for the rest";
