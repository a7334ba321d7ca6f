// `new <plugin> <description>`: writes the next numbered file with both sections.

import { isPluginName, whyNoPlugin } from "../../message/plugin_name.ts";
import type { ErrorCode } from "../../message/reply.ts";
import { nameFrom, titleComment } from "../../migration/describe_file.ts";
import type { CommonOptions } from "../command.ts";
import type { Console } from "../console.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { writeMigration } from "./next_file.ts";
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
  const { pluginsDir } = options;
  const file = { version: "next", name } as const;
  const written = await writeMigration(pluginsDir, plugin, file, template(description));
  if (!written.ok) return fail(written.message);
  const { path, version } = written.value;
  console.out(options.json ? JSON.stringify({ success: true, file: path, version }) : path);
  return EXIT.success;
}

function template(description: string): string {
  return `${titleComment(description)}

-- UP


-- DOWN: undoes the above, in reverse order; without a statement it cannot be rolled back

`;
}
