// `key <file>`: makes the key with which a publisher signs bundles.

import type { CommonOptions } from "../command.ts";
import type { Console } from "../console.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { makeKeyFile } from "./key_file.ts";
import { refuse } from "./refuse.ts";

/** Writes a new key, and prints its public half, which consumers trust. */
export async function runKey(
  file: string,
  options: CommonOptions,
  console: Console,
): Promise<ExitStatus> {
  const made = await makeKeyFile(file);
  if (!made.ok) {
    return refuse({ error_code: "INVALID_REQUEST", message: made.message }, options, console);
  }
  if (options.json) console.out(JSON.stringify({ success: true, file, public_key: made.value }));
  else console.out(made.value);
  return EXIT.success;
}
