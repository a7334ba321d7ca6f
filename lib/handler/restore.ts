// Handles `restore`: puts a backup in the place of a database.

import type { RestoreOutcome, RestoreReport } from "../database/database_backups.ts";
import { beforeAbort, type Deadline, deadlineIn } from "../deadline.ts";
import type { RestoreReply } from "../message/backup_reply.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { CheckedRestore } from "../message/request.ts";
import type { RunStartedEvent } from "../message/event.ts";
import type { ErrorCode } from "../message/reply.ts";
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
import { eventFields, type EventfulRun, finishedEvent } from "./run_events.ts";
import { restoreFindings } from "../rule/restore_findings.ts";
import { publishUpkeep } from "./upkeep_progress.ts";

/**
 * Restores a backup under the lock of a run, or in a dry run reports what that would change. What
 * was there before is a backup afterwards, so that a restore undoes a restore.
 */
export async function restore(
  address: DatabaseAddress,
  request: CheckedRestore,
  context: HandlerContext,
): Promise<RestoreReply | Failure> {
  const startedMs = context.elapsedMs();
  const found = await findFilesOrBackups(address, context);
  if (!found.found) return failureReply("PLUGIN_NOT_FOUND", address.plugin, found.message);
  return await holdDatabase(
    address,
    { verb: "restore", dryRun: request.dry_run, run_id: request.run_id },
    context,
    async (run): Promise<RestoreReply | Failure> => {
      const deadline = deadlineIn(request.timeout_ms, run.signal);
      const outcome = await restoreHeld({ run, address, found, request, context, deadline });
      if (!outcome.ok) return outcome.failure;
      run.note({
        migrations: 0,
        rowsLost: 0,
        valuesLost: 0,
        backup: outcome.report.replaced,
      });
      return {
        success: true,
        verb: "restore",
        plugin_name: address.plugin,
        run_id: run.id,
        dry_run: request.dry_run,
        ...fieldsOf(outcome.report),
        total_time_ms: Math.round(context.elapsedMs() - startedMs),
      };
    },
  );
}

interface Restore {
  readonly run: HeldRun;
  readonly address: DatabaseAddress;
  readonly found: PluginFiles;
  readonly request: CheckedRestore;
  readonly context: HandlerContext;
  readonly deadline: Deadline<AbortSignal>;
}

type Restored =
  | { readonly ok: true; readonly report: RestoreReport }
  | { readonly ok: false; readonly failure: Failure };

async function restoreHeld(restore: Restore): Promise<Restored> {
  const { run: { id, lock, signal, span }, address, found, request, context, deadline } = restore;
  const { dry_run: dryRun, applied_by: startedBy, backup } = request;
  await using session = await context.databases.open({ kind: "plugin", ...address }, "run");
  const upkeep = { id, verb: "restore", dryRun, startedBy } as const;
  const before = await publishUpkeep({ session, found, lock, now: context.now() }, upkeep);
  // Listeners that have closed the database for this run wait for its end, a bug included.
  let ended: Ended = { errorCode: "INTERNAL_ERROR", version: before };
  try {
    if (!dryRun) await beforeAbort(signal, announce(restore));
    if (signal.aborted) {
      ended = { errorCode: "CANCELLED", version: before };
      return { ok: false, failure: cancelledFailure(address, NOTHING_RESTORED) };
    }
    if (!dryRun) publishStart(restore, "run_started");
    const restoring = span.begin("restore");
    const outcome = await session.restore({ runId: id, backup, dryRun }, deadline);
    restoring.end(outcome.ok ? null : outcome.code);
    if (outcome.ok) {
      ended = { errorCode: null, version: outcome.value.currentVersion };
      return { ok: true, report: outcome.value };
    }
    const failure = failureOf(outcome, address, deadline);
    ended = { errorCode: failure.error_code, version: before };
    return { ok: false, failure };
  } finally {
    if (!dryRun) finish(restore, ended);
  }
}

/** How a run ended, for its last event. */
interface Ended {
  /** `null` where it succeeded. */
  readonly errorCode: ErrorCode | null;
  readonly version: number;
}

const NOTHING_RESTORED = "nothing was restored";

function failureOf(
  outcome: Extract<RestoreOutcome, { ok: false }>,
  address: DatabaseAddress,
  { signal }: Deadline<AbortSignal>,
): Failure {
  const { plugin } = address;
  switch (outcome.code) {
    case "backup-not-found":
      return failureReply("BACKUP_NOT_FOUND", plugin, outcome.message);
    case "restore-failed":
      return failureReply("RESTORE_FAILED", plugin, outcome.message);
    case "cancelled":
      return failureReply("CANCELLED", plugin, outcome.message);
    default:
      return interruptedFailure(outcome, address, signal, {
        what: "The restore",
        cancelled: NOTHING_RESTORED,
        late: "nothing was changed",
      });
  }
}

function fieldsOf(
  report: RestoreReport,
): Pick<
  RestoreReply,
  "restored" | "previous_version" | "current_version" | "replaced" | "changes" | "rows" | "warnings"
> {
  const { replaced, changes, rows } = report;
  return {
    restored: report.restored,
    previous_version: report.previousVersion,
    current_version: report.currentVersion,
    ...(replaced === null ? {} : { replaced }),
    changes: [...changes],
    rows: [...rows],
    warnings: restoreFindings(report).map(findingMessage),
  };
}

async function announce(restore: Restore): Promise<void> {
  const requested = publishStart(restore, "run_requested");
  await restore.context.beforeRun(requested);
}

function publishStart(restore: Restore, event: RunStartedEvent["event"]): RunStartedEvent {
  const { request: { applied_by, backup }, context } = restore;
  const fields = eventFields(eventful(restore), context.now());
  const started = { event, ...fields, applied_by, versions: [], backup };
  context.publish(started);
  return started;
}

function finish(restore: Restore, { errorCode, version }: Ended): void {
  const { context } = restore;
  context.publish(finishedEvent(eventful(restore), context.now(), errorCode, version));
}

function eventful({ run: { id }, address, request }: Restore): EventfulRun {
  return { id, address, verb: "restore", dryRun: request.dry_run };
}
