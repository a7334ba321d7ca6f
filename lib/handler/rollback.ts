// Handles `rollback`: runs DOWN sections down to a version.

import type { RollbackReply } from "../message/reply.ts";
import type { CheckedRollback } from "../message/request.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { HandlerContext } from "./context.ts";
import type { Failure } from "./failure.ts";
import { runMigrations, runReply } from "./run_migrations.ts";

/**
 * Rolls migrations back, or in a dry run reports what that would do. Without a target: one step.
 */
export async function rollback(
  address: DatabaseAddress,
  request: CheckedRollback,
  context: HandlerContext,
): Promise<RollbackReply | Failure> {
  const { dry_run, ...run } = request;
  const target = { direction: "rollback", version: request.target_version ?? "previous" } as const;
  const mode = dry_run ? "rehearse-on-data" : "commit";
  return await runMigrations({ ...run, address, target, mode }, context, (completed) => {
    const { shared, entries } = runReply(completed);
    return { success: true, verb: "rollback", ...shared, rolled_back_migrations: entries };
  });
}
