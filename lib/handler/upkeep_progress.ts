// Lets `status` answer while a backup is made or restored. Runs wherever handlers run.

import type { DatabaseSession } from "../database/session.ts";
import type { RunLock } from "../lock/run_locks.ts";
import { findingMessage } from "../message/finding_message.ts";
import { currentVersion } from "../plan/history.ts";
import type { PluginFiles } from "../source/migration_source.ts";
import { type ReportedRun, startProgress } from "./run_events.ts";

/** Where it runs. */
export interface UpkeepSetting {
  readonly session: Pick<DatabaseSession, "history" | "load">;
  readonly found: PluginFiles;
  readonly lock: RunLock;
  readonly now: Date;
}

/**
 * Publishes the history as it is before the run, none where SQLite cannot read it, and returns the
 * version that it says.
 */
export async function publishUpkeep(
  { session, found, lock, now }: UpkeepSetting,
  run: ReportedRun,
): Promise<number> {
  const read = await session.history();
  const history = read.ok ? read.value : [];
  const files = await session.load(found.files);
  lock.publish({
    progress: startProgress(run, now),
    history,
    files: files.ok ? files.value.migrations : [],
    findings: files.ok ? files.value.findings.map(findingMessage) : [],
  });
  return currentVersion(history);
}
