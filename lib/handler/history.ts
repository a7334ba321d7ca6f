// Handles `history`: lists what the log of a database records.

import type { LogEntry } from "../history/migration_log.ts";
import { parseChanges, parseDataLoss, whyNoAttempt } from "../message/logged.ts";
import type { AttemptEntry, HistoryReply, UnreadableEntry } from "../message/history_reply.ts";
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
  const { rows, total } = read.value;
  if (total === 0) {
    const found = await context.source.find(plugin);
    if (!found.found) return failureReply("PLUGIN_NOT_FOUND", plugin, found.message);
  }
  const attempts = rows.map((row) => "problem" in row ? row : attemptOf(row));
  return {
    success: true,
    verb: "history",
    plugin_name: plugin,
    entries: attempts.flatMap((attempt) => "problem" in attempt ? [] : [attempt]),
    unreadable_entries: attempts.flatMap((attempt) => "problem" in attempt ? [attempt] : []),
    entry_count: total,
  };
}

function inProgress(address: DatabaseAddress, { locks }: HandlerContext): Failure | null {
  const snapshot = locks.current(address);
  if (snapshot === null) return null;
  const message = `${describeHolder(address, snapshot)}; its history can be read when it is done`;
  return failureReply("MIGRATION_IN_PROGRESS", address.plugin, message);
}

/** The attempt as replies have it, or why the row is none of godwit's. */
function attemptOf(entry: LogEntry): AttemptEntry | UnreadableEntry {
  const { id } = entry;
  const changes = entry.changes === null ? null : parseChanges(entry.changes);
  if (changes === undefined) return { id, problem: "The column changes does not hold changes" };
  const dataLoss = entry.dataLoss === null ? null : parseDataLoss(entry.dataLoss);
  if (dataLoss === undefined) return { id, problem: "The column data_loss does not hold losses" };
  const attempt: AttemptEntry = {
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
  const problem = whyNoAttempt(attempt);
  return problem === null ? attempt : { id, problem };
}
