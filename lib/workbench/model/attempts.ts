// Groups the attempts of the log by the run that made them. Pure; runs anywhere.

import type { AttemptEntry } from "../../message/history_reply.ts";
import { count } from "./words.ts";

/** The attempts of one run. */
export interface LoggedRun {
  /** Unique in the list. */
  readonly key: string;
  /** `null` where an older godwit has recorded the attempt. */
  readonly runId: string | null;
  readonly direction: AttemptEntry["direction"];
  readonly by: string;
  /** When the last attempt was done; ISO 8601, UTC. */
  readonly at: string;
  readonly planHash: string;
  /** The backup that the run had made by its last attempt. */
  readonly backup: string | null;
  /** Newest first. */
  readonly attempts: readonly AttemptEntry[];
}

/** Groups attempts, newest first, by their runs. An attempt without a run is a run of its own. */
export function groupAttempts(entries: readonly AttemptEntry[]): readonly LoggedRun[] {
  const runs: { readonly newest: AttemptEntry; readonly attempts: AttemptEntry[] }[] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run !== undefined && entry.run_id !== null && run.newest.run_id === entry.run_id) {
      run.attempts.push(entry);
    } else {
      runs.push({ newest: entry, attempts: [entry] });
    }
  }
  return runs.map(({ newest, attempts }, index) => ({
    // Newer runs come before, so count from the end, where nothing changes.
    key: newest.run_id ?? `${newest.applied_at} ${newest.version} ${runs.length - index}`,
    runId: newest.run_id,
    direction: newest.direction,
    by: newest.applied_by,
    at: newest.applied_at,
    planHash: newest.plan_hash,
    backup: newest.backup,
    attempts,
  }));
}

/** Describes a run: `Applied 3 migrations`, `Rolled back 1 migration, 1 failed`. */
export function describeLoggedRun({ direction, attempts }: LoggedRun): string {
  const failed = attempts.filter(({ outcome }) => outcome === "failed").length;
  const done = attempts.length - failed;
  const verb = direction === "apply" ? "Applied" : "Rolled back";
  if (failed === 0) return `${verb} ${count(done, "migration")}`;
  if (done === 0) return direction === "apply" ? "Apply failed" : "Rollback failed";
  return `${verb} ${count(done, "migration")}, ${failed} failed`;
}
