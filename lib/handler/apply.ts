// Handles `apply`: runs pending migrations up to a version.

import type { ApplyReply } from "../message/reply.ts";
import type { CheckedApply } from "../message/request.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { HandlerContext } from "./context.ts";
import type { Failure } from "./failure.ts";
import { runMigrations, runReply } from "./run_migrations.ts";

/** Applies pending migrations, or in a dry run reports what that would do. */
export async function apply(
  address: DatabaseAddress,
  request: CheckedApply,
  context: HandlerContext,
): Promise<ApplyReply | Failure> {
  const { dry_run, ...run } = request;
  const target = { direction: "apply", version: request.target_version } as const;
  const mode = dry_run ? "rehearse-on-data" : "commit";
  return await runMigrations({ ...run, address, target, mode }, context, (completed) => {
    const { shared, entries } = runReply(completed);
    return { success: true, verb: "apply", ...shared, applied_migrations: entries };
  });
}
