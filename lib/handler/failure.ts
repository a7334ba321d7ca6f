// Builds failure replies. Pure; runs anywhere.

import { type Finding, isError } from "../finding/finding.ts";
import type { FailureReply } from "../message/any_reply.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { ErrorCode } from "../message/reply.ts";
import type { AnyVerb } from "../message/verbs.ts";

/** A failure as handlers return it; `dispatch()` adds the verb. */
export type Failure = Omit<FailureReply, "verb">;

/** Makes a failure; `findings` are sorted into its errors and warnings. */
export function failureReply(
  code: ErrorCode,
  plugin: string,
  message: string,
  findings: readonly Finding[] = [],
): Failure {
  return {
    success: false,
    error_code: code,
    message,
    plugin_name: plugin,
    errors: findings.filter(isError).map(findingMessage),
    warnings: findings.filter((each) => !isError(each)).map(findingMessage),
  };
}

/** Makes a failure the reply to a verb; `null` where the request named none that is known. */
export function withVerb(verb: AnyVerb | null, { success, ...rest }: Failure): FailureReply {
  return { success, verb, ...rest };
}
