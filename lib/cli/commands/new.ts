// `new <plugin> <description>`: writes the next numbered file with both sections.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatFileName } from "../../migration/file_name.ts";
import { isPluginName, PLUGIN_NAME_RULE, quoteName } from "../../message/plugin_name.ts";
import { directorySource } from "../../source/directory_source.ts";
import type { CommonOptions } from "../arguments.ts";
import type { Console } from "../console.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";

/** Writes the file and prints its path; an existing file is never overwritten. */
export async function runNew(
  plugin: string,
  description: string,
  options: CommonOptions,
  console: Console,
): Promise<ExitStatus> {
  const fail = (message: string): ExitStatus => {
    if (options.json) console.out(JSON.stringify({ success: false, message }));
    else console.err(`${console.colors.red("✗")} ${message}`);
    return EXIT.failure;
  };
  if (!isPluginName(plugin)) {
    return fail(`There can be no plugin ${quoteName(plugin)}: ${PLUGIN_NAME_RULE}`);
  }
  const name = nameFrom(description);
  if (name === "") {
    return fail(`The description ${JSON.stringify(description)} has no letter or digit`);
  }
  const loaded = await directorySource(options.pluginsDir).load(plugin);
  const newest = loaded.found ? loaded.migrations.at(-1)?.version ?? 0 : 0;
  const directory = join(options.pluginsDir, plugin, "migrations");
  const path = join(directory, formatFileName({ version: newest + 1, name }));
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(path, template(description), { flag: "wx" });
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return fail(`Cannot write ${path}: ${reason}`);
  }
  console.out(
    options.json ? JSON.stringify({ success: true, file: path, version: newest + 1 }) : path,
  );
  return EXIT.success;
}

function nameFrom(description: string): string {
  return description.toLowerCase().normalize("NFKD").replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "_").replaceAll(/^_+|_+$/g, "").slice(0, 100);
}

function template(description: string): string {
  // A line break would let the description become SQL.
  const title = description.replaceAll(/\s+/g, " ").trim();
  return `-- ${title}

-- UP


-- DOWN: undoes the above, in reverse order; without a statement it cannot be rolled back

`;
}
