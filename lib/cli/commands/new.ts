// `new <plugin> <description>`: writes the next numbered file with both sections.

import { codeOf } from "../../outcome.ts";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatFileName, parseFileName } from "../../migration/file_name.ts";
import { isPluginName, whyNoPlugin } from "../../message/plugin_name.ts";
import type { ErrorCode } from "../../message/reply.ts";
import type { CommonOptions } from "../arguments.ts";
import type { Console } from "../console.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { refuse } from "./refuse.ts";

/** Writes the file and prints its path; an existing file is never overwritten. */
export async function runNew(
  plugin: string,
  description: string,
  options: CommonOptions,
  console: Console,
): Promise<ExitStatus> {
  const fail = (message: string, error_code: ErrorCode = "INVALID_REQUEST"): ExitStatus =>
    refuse({ error_code, message }, options, console);
  if (!isPluginName(plugin)) {
    const message = whyNoPlugin(plugin);
    return fail(message, "PLUGIN_NOT_FOUND");
  }
  const name = nameFrom(description);
  if (name === "") {
    return fail(`The description ${JSON.stringify(description)} has no letter or digit`);
  }
  const directory = join(options.pluginsDir, plugin, "migrations");
  let path = directory;
  let version: number;
  try {
    await mkdir(directory, { recursive: true });
    version = await newestIn(directory) + 1;
    path = join(directory, formatFileName({ version, name }));
    await writeFile(path, template(description), { flag: "wx" });
  } catch (error) {
    return fail(`Cannot write ${path}: ${codeOf(error)}`);
  }
  console.out(options.json ? JSON.stringify({ success: true, file: path, version }) : path);
  return EXIT.success;
}

/** The highest version in the file names, including files that do not parse. */
async function newestIn(directory: string): Promise<number> {
  const versions = (await readdir(directory)).map((file) => parseFileName(file)?.version ?? 0);
  return versions.reduce((newest, version) => Math.max(newest, version), 0);
}

function nameFrom(description: string): string {
  return description.toLowerCase().normalize("NFKD").replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "_").replaceAll(/^_+|_+$/g, "").slice(0, 100);
}

function template(description: string): string {
  // After a line break, the description would be SQL.
  const title = description.replaceAll(/\s+/g, " ").trim();
  return `-- ${title}

-- UP


-- DOWN: undoes the above, in reverse order; without a statement it cannot be rolled back

`;
}
