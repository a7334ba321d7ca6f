// Builds failure replies. Pure; runs anywhere.

import { type Finding, isError } from "../finding/finding.ts";
import type { FailureReply } from "../message/any_reply.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { Failed } from "../outcome.ts";
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

/** Makes a failure of a database; `findings` are what was found before it. */
export function databaseFailure(
  { message, sqliteCode }: Pick<Failed, "message" | "sqliteCode">,
  plugin: string,
  findings: readonly Finding[] = [],
): Failure {
  return {
    ...failureReply("DATABASE_UNAVAILABLE", plugin, message, findings),
    ...(sqliteCode === undefined ? {} : { sqlite_code: sqliteCode }),
  };
}

/** Makes a failure of findings, the first error of which follows `lead` in the message. */
export function validationFailure(
  plugin: string,
  lead: string,
  findings: readonly Finding[],
): Failure {
  const [first, ...others] = findings.filter(isError);
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return failureReply("VALIDATION_FAILED", plugin, `${lead}${first?.message}${more}`, findings);
}

/** Makes a failure the reply to a verb; `null` where the request named none that is known. */
export function withVerb(verb: AnyVerb | null, { success, ...rest }: Failure): FailureReply {
  return { success, verb, ...rest };
}
