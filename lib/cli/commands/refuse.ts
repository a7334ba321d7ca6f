// Failures that are printed without a reply.

import type { FailureReply } from "../../message/any_reply.ts";
import type { CommonOptions } from "../command.ts";
import type { Console } from "../console.ts";
import { paragraph } from "../render/layout.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";

/** Why nothing was done, with the code of a failure reply. */
export type Refusal = Pick<FailureReply, "error_code" | "message">;

/** Prints a refusal: for a person on standard error, as JSON on standard output. */
export function refuse(
  { error_code, message }: Refusal,
  { json }: CommonOptions,
  console: Console,
): ExitStatus {
  if (json) console.out(JSON.stringify({ success: false, error_code, message }));
  else console.err(paragraph(console.colors.red("✗"), message));
  return EXIT.failure;
}
