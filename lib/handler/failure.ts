// Builds failure replies. Pure; runs anywhere.

import { type Finding, isError } from "../finding/finding.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { ErrorCode, FailureReply } from "../message/reply.ts";

/** A failure reply; `findings` are sorted into its errors and warnings. */
export function failureReply(
  code: ErrorCode,
  plugin: string,
  message: string,
  findings: readonly Finding[] = [],
): FailureReply {
  return {
    success: false,
    error_code: code,
    message,
    plugin_name: plugin,
    errors: findings.filter(isError).map(findingMessage),
    warnings: findings.filter((each) => !isError(each)).map(findingMessage),
  };
}
