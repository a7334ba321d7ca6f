// Handles `rollback`: runs DOWN sections down to a version.

import type { RollbackRequest } from "../message/request.ts";
import type { FailureReply, RollbackReply } from "../message/reply.ts";
import type { HandlerContext } from "./context.ts";
import { runMigrations } from "./run_migrations.ts";

/** Undoes migrations, or says what it would do. Without a target it goes one step back. */
export async function rollback(
  plugin: string,
  request: RollbackRequest,
  context: HandlerContext,
): Promise<RollbackReply | FailureReply> {
  const outcome = await runMigrations({
    plugin,
    target: { direction: "rollback", version: request.target_version ?? "previous" },
    dryRun: request.dry_run,
    appliedBy: request.applied_by,
    planHash: request.plan_hash,
    timeoutMs: request.timeout_ms,
  }, context);
  if (!outcome.success) return outcome;
  const { entries, ...reply } = outcome;
  return { ...reply, rolled_back_migrations: entries };
}
