// Failures of commands that have no handler.

import type { ErrorCode } from "../../message/reply.ts";
import type { CommonOptions } from "../arguments.ts";
import type { Console } from "../console.ts";
import { paragraph } from "../render/layout.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";

/** The reason, and the code that a handler would reply with. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Prints a refusal: for a person on standard error, as JSON on standard output. */
export function refuse(
  { code, message }: Refusal,
  { json }: CommonOptions,
  console: Console,
): ExitStatus {
  if (json) console.out(JSON.stringify({ success: false, error_code: code, message }));
  else console.err(paragraph(console.colors.red("✗"), message));
  return EXIT.failure;
}

/** The refusal if the plugins directory cannot be read. */
export function unreadable(pluginsDir: string, error: unknown): Refusal {
  const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
  return {
    code: "PLUGIN_NOT_FOUND",
    message: `Cannot read the plugins directory ${pluginsDir}: ${reason}; ` +
      `name another with --plugins or GODWIT_PLUGINS`,
  };
}
