// Handles `check`: checks a plugin's files by themselves, without its database.

import { isError } from "../finding/finding.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { CheckReply } from "../message/reply.ts";
import type { EmptyRequest } from "../message/request.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { checkFindings, thereAndBack, uniqueVersions } from "../rule/check_findings.ts";
import { engineVersionOf } from "../worker/session.ts";
import type { HandlerContext } from "./context.ts";
import { type Failure, failureReply } from "./failure.ts";

// Files are rehearsed without rows, so a minute is long.
const TIMEOUT_MS = 60_000;

/**
 * Parses every file and rehearses it on an empty database: up, down, and up again, so that a DOWN
 * that does not undo its UP is found before it is needed. Fails with `VALIDATION_FAILED` where a
 * file has an error.
 */
export async function check(
  { plugin }: DatabaseAddress,
  _request: EmptyRequest,
  context: HandlerContext,
): Promise<CheckReply | Failure> {
  const loaded = await context.source.load(plugin);
  if (!loaded.found) return failureReply("PLUGIN_NOT_FOUND", plugin, loaded.message);
  const { migrations } = loaded;
  const unique = uniqueVersions(migrations);
  const steps = unique.flatMap(thereAndBack);
  await using session = await context.databases.open({ kind: "empty" }, "read");
  const patience = { timeoutMs: TIMEOUT_MS, signal: context.signal };
  const rehearsed = await session.rehearse(steps, patience);
  if (!rehearsed.ok) throw new Error(rehearsed.message);
  const engine = engineVersionOf(context.databases);
  const findings = [
    ...loaded.findings,
    ...checkFindings(unique, steps, rehearsed.value.rehearsal, engine),
  ];
  const errors = findings.filter(isError);
  const [first] = errors;
  if (first !== undefined) {
    const more = errors.length === 1 ? "" : ` (and ${errors.length - 1} more)`;
    return {
      ...failureReply("VALIDATION_FAILED", plugin, `${first.message}${more}`, findings),
      migrations: migrations.length,
    };
  }
  return {
    success: true,
    verb: "check",
    plugin_name: plugin,
    migrations: migrations.length,
    warnings: findings.map(findingMessage),
  };
}
