// Handles `apply`: runs pending migrations up to a version.

import type { ApplyRequest } from "../message/request.ts";
import type { ApplyReply, FailureReply } from "../message/reply.ts";
import type { HandlerContext } from "./context.ts";
import { runMigrations } from "./run_migrations.ts";

/** Applies what is pending, or says what it would do. */
export async function apply(
  plugin: string,
  request: ApplyRequest,
  context: HandlerContext,
): Promise<ApplyReply | FailureReply> {
  const outcome = await runMigrations({
    plugin,
    target: { direction: "apply", version: request.target_version },
    dryRun: request.dry_run,
    appliedBy: request.applied_by,
    planHash: request.plan_hash,
    timeoutMs: request.timeout_ms,
  }, context);
  if (!outcome.success) return outcome;
  const { entries, ...reply } = outcome;
  return { ...reply, applied_migrations: entries };
}
