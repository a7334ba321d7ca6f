// Handles `cancel`: ends the run that has a database.

import type { CancelReply } from "../message/reply.ts";
import type { CancelRequest } from "../message/request.ts";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import type { Cancelling, RunLocksUnavailable } from "../lock/run_locks.ts";
import type { HandlerContext } from "./context.ts";
import { type Failure, failureReply } from "./failure.ts";
import { findFilesOrHistory } from "./find_files.ts";

// A run ends within a second, unless it waits for the disk in a COMMIT.
const WAIT_MS = 5_000;

/**
 * Cancels the run that has the database, in this process or another one on the machine, and says
 * whether it has ended because of that. Fails with `PLUGIN_NOT_FOUND` where there is neither a run
 * nor the plugin.
 */
export async function cancel(
  address: DatabaseAddress,
  { run_id: runId }: CancelRequest,
  context: HandlerContext,
): Promise<CancelReply | Failure> {
  const { plugin } = address;
  const outcome = await context.locks.cancel(address, runId ?? null, WAIT_MS);
  if (outcome.kind === "unavailable") {
    return failureReply("DATABASE_UNAVAILABLE", plugin, outcome.message);
  }
  if (outcome.kind === "idle") {
    const found = await findFilesOrHistory(address, context);
    if (!found.found) return failureReply("PLUGIN_NOT_FOUND", plugin, found.message);
  }
  return {
    success: true,
    verb: "cancel",
    plugin_name: plugin,
    cancelled: outcome.kind === "over" && outcome.end === "cancelled",
    run_id: "runId" in outcome ? outcome.runId : null,
    message: describe(outcome, databaseName(address)),
  };
}

function describe(outcome: Exclude<Cancelling, RunLocksUnavailable>, name: string): string {
  switch (outcome.kind) {
    case "idle":
      return `No run has "${name}"; nothing was cancelled`;
    case "unknown-run":
      return `"${name}" is held by a run that has not written its id, so it was not cancelled; ` +
        `cancel it where it was started, or end its process`;
    case "other-run":
      return `"${name}" is held by another run, ${outcome.runId}, which was not cancelled`;
    case "over":
      return outcome.end === "cancelled"
        ? `The run of "${name}" was cancelled; its own reply says what had been committed`
        : `The run of "${name}" ended before it could be cancelled; ask for status`;
    case "ending":
      return `The run of "${name}" has not ended within ${WAIT_MS / 1_000} seconds; ` +
        `it ends as soon as it can, and its own reply says how`;
  }
  outcome satisfies never;
}
