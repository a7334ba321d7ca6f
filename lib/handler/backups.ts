// Handles `backups`: lists the backups of a database.

import { deadlineIn } from "../deadline.ts";
import type { ListedBackup } from "../database/database_backups.ts";
import type { BackupEntry, BackupsReply } from "../message/backup_reply.ts";
import type { CheckedBackups } from "../message/request.ts";
import { DEFAULT_TIMEOUT_MS } from "../message/request.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { HandlerContext } from "./context.ts";
import { databaseFailure, type Failure, failureReply } from "./failure.ts";
import { findFilesOrBackups } from "./find_files.ts";

/**
 * Lists the backups, newest first. A plugin whose files are gone keeps its backups, so they are
 * listed too.
 */
export async function backups(
  address: DatabaseAddress,
  { verify, limit, offset }: CheckedBackups,
  context: HandlerContext,
): Promise<BackupsReply | Failure> {
  const found = await findFilesOrBackups(address, context);
  if (!found.found) return failureReply("PLUGIN_NOT_FOUND", address.plugin, found.message);
  await using session = await context.databases.open({ kind: "plugin", ...address }, "read");
  const listed = await session.listBackups(
    { verify, limit, offset },
    deadlineIn(DEFAULT_TIMEOUT_MS, context.signal),
  );
  if (!listed.ok) return databaseFailure(listed, address.plugin);
  return {
    success: true,
    verb: "backups",
    plugin_name: address.plugin,
    backups: listed.value.backups.map(entryOf),
    backup_count: listed.value.count,
    verified: verify,
  };
}

function entryOf(
  { name, at, version, sizeBytes, record, state, problem }: ListedBackup,
): BackupEntry {
  return {
    name,
    at,
    version,
    size_bytes: sizeBytes,
    reason: record?.reason ?? null,
    plan_hash: record?.plan_hash ?? null,
    run_id: record?.run_id ?? null,
    sha256: record?.sha256 ?? null,
    state,
    problem,
  };
}
