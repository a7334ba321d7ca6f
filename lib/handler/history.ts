// Handles `history`: lists what the log of a database records.

import type { LogEntry } from "../history/migration_log.ts";
import { parseChanges, parseDataLoss } from "../message/logged.ts";
import type { AttemptEntry, HistoryReply } from "../message/history_reply.ts";
import type { CheckedHistory } from "../message/request.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { HandlerContext } from "./context.ts";
import { describeHolder } from "./describe_run.ts";
import { databaseFailure, type Failure, failureReply } from "./failure.ts";

/**
 * Reads a page of the log, newest first. It needs no files: the database of a plugin that was
 * removed is still answered for. Fails with `MIGRATION_IN_PROGRESS` during a run, because that has
 * the database locked.
 */
export async function history(
  address: DatabaseAddress,
  { limit, offset }: CheckedHistory,
  context: HandlerContext,
): Promise<HistoryReply | Failure> {
  const { plugin } = address;
  const early = inProgress(address, context);
  if (early !== null) return early;
  await using session = await context.databases.open({ kind: "plugin", ...address }, "read");
  const read = await session.log({ limit, offset });
  // A run may have begun in between.
  if (!read.ok) return inProgress(address, context) ?? databaseFailure(read, plugin);
  const { entries, total } = read.value;
  if (total === 0) {
    const found = await context.source.find(plugin);
    if (!found.found) return failureReply("PLUGIN_NOT_FOUND", plugin, found.message);
  }
  const attempts: AttemptEntry[] = [];
  for (const entry of entries) {
    const attempt = attemptOf(entry);
    if (attempt === null) {
      const message = `The log has something else than changes and losses for version ` +
        `${entry.version} at ${entry.at}; another program has written to it`;
      return failureReply("DATABASE_UNAVAILABLE", plugin, message);
    }
    attempts.push(attempt);
  }
  return {
    success: true,
    verb: "history",
    plugin_name: plugin,
    entries: attempts,
    entry_count: total,
  };
}

function inProgress(address: DatabaseAddress, { locks }: HandlerContext): Failure | null {
  const snapshot = locks.current(address);
  if (snapshot === null) return null;
  const message = `${describeHolder(address, snapshot)}; its history can be read when it is done`;
  return failureReply("MIGRATION_IN_PROGRESS", address.plugin, message);
}

/** The attempt as replies have it; `null` where the JSON in the log is not godwit's. */
function attemptOf(entry: LogEntry): AttemptEntry | null {
  const changes = entry.changes === null ? null : parseChanges(entry.changes);
  const dataLoss = entry.dataLoss === null ? null : parseDataLoss(entry.dataLoss);
  if (changes === undefined || dataLoss === undefined) return null;
  return {
    version: entry.version,
    name: entry.name,
    direction: entry.direction,
    outcome: entry.outcome,
    applied_at: entry.at,
    applied_by: entry.by,
    execution_time_ms: entry.executionTimeMs,
    error_message: entry.errorMessage,
    checksum: entry.checksum,
    plan_hash: entry.planHash,
    run_id: entry.runId,
    changes,
    data_loss: dataLoss,
    backup: entry.backup,
    has_text: entry.hasText,
  };
}
