// Handles `backup`: makes a backup now.

import { deadlineIn } from "../deadline.ts";
import type { BackupReply } from "../message/backup_reply.ts";
import type { CheckedBackup } from "../message/request.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { PluginFiles } from "../source/migration_source.ts";
import type { HandlerContext } from "./context.ts";
import { databaseFailure, type Failure, failureReply } from "./failure.ts";
import { findFilesOrBackups } from "./find_files.ts";
import { cancelledFailure, type HeldRun, holdDatabase } from "./hold_database.ts";
import { publishUpkeep } from "./upkeep_progress.ts";

/** Makes a backup under the lock of a run, so that no migration changes the database meanwhile. */
export async function backup(
  address: DatabaseAddress,
  request: CheckedBackup,
  context: HandlerContext,
): Promise<BackupReply | Failure> {
  const startedMs = context.elapsedMs();
  const found = await findFilesOrBackups(address, context);
  if (!found.found) return failureReply("PLUGIN_NOT_FOUND", address.plugin, found.message);
  return await holdDatabase(
    address,
    request,
    context,
    (run) => makeBackup({ run, address, found, request, context, startedMs }),
  );
}

const TIMED_OUT = "The backup was stopped, because the time limit was reached, which timeout_ms " +
  "sets; there is no backup of it";

interface Making {
  readonly run: HeldRun;
  readonly address: DatabaseAddress;
  readonly found: PluginFiles;
  readonly request: CheckedBackup;
  readonly context: HandlerContext;
  readonly startedMs: number;
}

async function makeBackup(
  { run: { id, lock, signal }, address, found, request, context, startedMs }: Making,
): Promise<BackupReply | Failure> {
  const { plugin } = address;
  const { timeout_ms: timeoutMs, applied_by: startedBy } = request;
  const deadline = deadlineIn(timeoutMs, signal);
  await using session = await context.databases.open({ kind: "plugin", ...address }, "run");
  const upkeep = { id, verb: "backup", dryRun: false, startedBy } as const;
  await publishUpkeep({ session, found, lock, now: context.now() }, upkeep);
  const made = await session.makeBackup(id, deadline);
  if (!made.ok) {
    const isInterrupted = made.sqliteCode === "SQLITE_INTERRUPT";
    return made.code === "cancelled" || isInterrupted && signal.aborted
      ? cancelledFailure(address, "there is no backup of it")
      : databaseFailure(isInterrupted ? { ...made, message: TIMED_OUT } : made, plugin);
  }
  const { name, path, record } = made.value;
  return {
    success: true,
    verb: "backup",
    plugin_name: plugin,
    run_id: id,
    backup: name,
    path,
    version: record.version ?? 0,
    size_bytes: record.size_bytes,
    total_time_ms: Math.round(context.elapsedMs() - startedMs),
  };
}
