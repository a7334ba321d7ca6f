// Handles `apply`: runs pending migrations up to a version.

import type { ApplyReply } from "../message/reply.ts";
import type { CheckedApply } from "../message/request.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { HandlerContext } from "./context.ts";
import type { Failure } from "./failure.ts";
import { runMigrations } from "./run_migrations.ts";

/** Applies pending migrations, or in a dry run reports what that would do. */
export async function apply(
  address: DatabaseAddress,
  request: CheckedApply,
  context: HandlerContext,
): Promise<ApplyReply | Failure> {
  const target = { direction: "apply", version: request.target_version } as const;
  const run = await runMigrations({ ...request, address, target }, context);
  if (!run.success) return run;
  const { success, entries, ...reply } = run;
  return { success, verb: "apply", ...reply, applied_migrations: entries };
}
