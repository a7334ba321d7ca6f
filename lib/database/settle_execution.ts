// Completes the result of an execution once its files are closed. Runs where SQLite runs.

import type { BackupPlace } from "../backup/backup_place.ts";
import type { Retention } from "../backup/backup_rules.ts";
import { removeExpired } from "../backup/retention.ts";
import type { Execution } from "../execution/execution.ts";
import { readHistory } from "../history/history_table.ts";
import { historyDigest } from "../plan/migration_plan.ts";
import type { Connection } from "../sqlite/connection.ts";
import type { DatabaseOutcome } from "./session.ts";

/** The database of an execution, which is closed. */
export interface ExecutedDatabase {
  readonly plugin: string;
  readonly backups: Pick<BackupPlace, "list" | "remove">;
  readonly retention: Retention;
  /** Opens it again for one action. */
  read<T>(action: (connection: Connection) => T): Promise<DatabaseOutcome<T>>;
}

/**
 * Decides whether a doubtful COMMIT was kept, where it can, and discards an unused backup. A backup
 * that stays counts from now on, so the older ones that exceed the retention are removed.
 */
export async function settleExecution(
  execution: Execution,
  database: ExecutedDatabase,
): Promise<Execution> {
  const settled = await withoutDoubt(execution, database);
  const { backup } = settled;
  if (backup === null) return settled;
  const { backups, plugin, retention } = database;
  if (!isBackupUsed(settled)) return await withoutBackup(settled, backup.name, backups);
  await removeExpired(backups, plugin, retention, new Set([backup.name]));
  return settled;
}

/**
 * With a rollback journal, the next reading decides whether a COMMIT that failed was kept, and no
 * later event changes that: https://sqlite.org/atomiccommit.html. Frames of a write-ahead log may
 * be ignored now and count once the log is recovered, so with a log the doubt stays.
 */
async function withoutDoubt(
  execution: Execution,
  { plugin, read }: ExecutedDatabase,
): Promise<Execution> {
  const { end, history } = execution;
  if (end.kind !== "failed" || end.failure.outcome !== "unknown") return execution;
  const found = await read((connection) => ({
    hasLog: connection.value("PRAGMA journal_mode") === "wal",
    history: readHistory(connection, plugin),
  }));
  if (!found.ok || found.value.hasLog) return execution;
  const isUndone = await historyDigest(found.value.history) === await historyDigest(history);
  return isUndone
    ? { ...execution, end: { ...end, failure: { ...end.failure, outcome: "undone" } } }
    : execution;
}

/** A backup is of use once a step was committed after it, or may have been. */
function isBackupUsed({ end, executed, stepsBeforeBackup }: Execution): boolean {
  return end.kind === "completed" || executed.length > stepsBeforeBackup ||
    end.kind === "failed" && end.failure.outcome === "unknown";
}

async function withoutBackup(
  execution: Execution,
  name: string,
  backups: Pick<BackupPlace, "remove">,
): Promise<Execution> {
  try {
    await backups.remove(name);
    return { ...execution, backup: null, spaceChecked: true };
  } catch {
    // It does no harm, and the reply names it. What the run did must be answered in any case.
    return execution;
  }
}
