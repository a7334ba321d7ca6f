// Handles `backup`: makes a backup now.

import { deadlineIn } from "../deadline.ts";
import type { BackupReply } from "../message/backup_reply.ts";
import type { CheckedBackup } from "../message/request.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { PluginFiles } from "../source/migration_source.ts";
import type { HandlerContext } from "./context.ts";
import { type Failure, failureReply } from "./failure.ts";
import { findFilesOrBackups } from "./find_files.ts";
import {
  cancelledFailure,
  type HeldRun,
  holdDatabase,
  interruptedFailure,
} from "./hold_database.ts";
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
    { verb: "backup", dryRun: false, run_id: request.run_id },
    context,
    (run) => makeBackup({ run, address, found, request, context, startedMs }),
  );
}

const NO_BACKUP = "there is no backup of it";

interface Making {
  readonly run: HeldRun;
  readonly address: DatabaseAddress;
  readonly found: PluginFiles;
  readonly request: CheckedBackup;
  readonly context: HandlerContext;
  readonly startedMs: number;
}

async function makeBackup(
  { run: { id, lock, signal, span, note }, address, found, request, context, startedMs }: Making,
): Promise<BackupReply | Failure> {
  const { plugin } = address;
  const { timeout_ms: timeoutMs, applied_by: startedBy } = request;
  const deadline = deadlineIn(timeoutMs, signal);
  await using session = await context.databases.open({ kind: "plugin", ...address }, "run");
  const upkeep = { id, verb: "backup", dryRun: false, startedBy } as const;
  await publishUpkeep({ session, found, lock, now: context.now() }, upkeep);
  const making = span.begin("backup");
  const made = await session.makeBackup(id, deadline);
  if (made.ok) making.note({ "godwit.bytes": made.value.record.size_bytes });
  making.end(made.ok ? null : made.code);
  if (!made.ok) {
    return made.code === "cancelled"
      ? cancelledFailure(address, NO_BACKUP)
      : interruptedFailure(made, address, signal, {
        what: "The backup",
        cancelled: NO_BACKUP,
        late: NO_BACKUP,
      });
  }
  const { name, path, record } = made.value;
  note({ migrations: 0, rowsLost: 0, valuesLost: 0, backup: name });
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
