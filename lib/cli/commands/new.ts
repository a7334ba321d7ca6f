// `new <plugin> <description>`: writes the next numbered file with both sections, and the folder of a
// plugin that has none.

import { isPluginName, whyNoPlugin } from "../../message/plugin_name.ts";
import { isReserved } from "../../plan/reserved_names.ts";
import type { ErrorCode } from "../../message/reply.ts";
import { nameFrom, titleComment } from "../../migration/describe_file.ts";
import type { CommonOptions } from "../command.ts";
import type { Console } from "../console.ts";
import { quoteIdentifier } from "../../sqlite/quote.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { writeMigration } from "./next_file.ts";
import { refuse } from "./refuse.ts";

/**
 * Writes the file and prints its path; an existing file is never overwritten. The first file of a
 * plugin makes a table, so that it can be checked and applied as it is; the others have empty
 * sections.
 */
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
  const { pluginsDir } = options;
  const file = { version: "next", name } as const;
  const written = await writeMigration(
    pluginsDir,
    plugin,
    file,
    (version) => `${titleComment(description)}\n${version === 1 ? firstFile(name) : NEXT_FILE}`,
  );
  if (!written.ok) return fail(written.message);
  const { path, version } = written.value;
  console.out(options.json ? JSON.stringify({ success: true, file: path, version }) : path);
  if (version === 1 && !options.json) console.err(nextSteps(plugin));
  return EXIT.success;
}

/** `create_notes` makes the table `notes`; SQLite and godwit have names of their own. */
function firstFile(name: string): string {
  const what = name.replace(/^(create|add)_(?=.)/, "");
  const isFree = !what.startsWith("sqlite_") && !isReserved(what);
  const table = quoteIdentifier(isFree ? what : `my_${what}`);
  return `
-- UP
CREATE TABLE ${table} (
    id INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);

-- DOWN: undoes the above, in reverse order; without a statement it cannot be rolled back
DROP TABLE ${table};
`;
}

const NEXT_FILE = `
-- UP


-- DOWN: undoes the above, in reverse order; without a statement it cannot be rolled back

`;

function nextSteps(plugin: string): string {
  return `Change the table as you need it, then:
  godwit check ${plugin}   # rehearses up, down and up again; no database needed
  godwit apply ${plugin}   # makes the database`;
}
