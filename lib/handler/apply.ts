// Handles `apply`: runs pending migrations up to a version.

import type { ApplyRequest } from "../message/request.ts";
import type { ApplyReply } from "../message/reply.ts";
import type { Handler } from "./context.ts";
import { runMigrations } from "./run_migrations.ts";

/** Applies what is pending, or says what it would do. */
export const apply: Handler<ApplyRequest, ApplyReply> = async (plugin, request, context) => {
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
};
