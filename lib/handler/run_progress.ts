// Reports how a run goes: the snapshot for status, and the events.

import type { ExecutionEvent } from "../execution/execution.ts";
import type { RunLock } from "../lock/run_locks.ts";
import { lossMessages } from "../loss/loss_messages.ts";
import type { RunEventBase, RunStartedEvent } from "../message/event.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { ErrorCode, ProgressMessage } from "../message/reply.ts";
import type { MigrationFile } from "../migration/migration.ts";
import type { HistoryEntry } from "../plan/history.ts";
import type { Direction } from "../plan/select_steps.ts";
import type { PlanOutline } from "../database/prepare.ts";
import type { Span } from "../trace/span.ts";
import type { HandlerContext } from "./context.ts";
import {
  eventFields,
  type EventfulRun,
  finishedEvent,
  type ReportedRun,
  startProgress,
} from "./run_events.ts";

// Often enough for a progress bar; the cost is negligible.
const SNAPSHOT_INTERVAL_MS = 100;

/** A run of migrations. */
export interface MigrationRun extends EventfulRun, ReportedRun {
  readonly verb: Direction;
  readonly span: Span;
}

/** Takes what happens in a run, in this order. */
export interface RunProgress {
  /** The steps are known, and are rehearsed next. */
  planned(plan: PlanOutline, files: readonly MigrationFile[]): void;
  /** The plan is about to lock the database; programs that have it open may close it. */
  requested(plan: PlanOutline): Promise<void>;
  /** The plan is about to run. */
  started(plan: PlanOutline): void;
  follow(event: ExecutionEvent): void;
  /** The run is over. */
  finished(errorCode: ErrorCode | null, currentVersion: number): void;
}

/** Reports one run to its lock and to the listeners of the context. */
export function reportRun(
  context: HandlerContext,
  lock: RunLock,
  run: MigrationRun,
): RunProgress {
  // Entries of the history that were committed and are not published yet.
  let entries: HistoryEntry[] = [];
  let publishedMs = -Infinity;
  const startedMs = context.elapsedMs();
  let steps = run.span;
  let step: Span | null = null;
  let running = { version: 0, name: "", statements: 0 };
  let progress = startProgress(run, context.now());

  function publish(change: Partial<ProgressMessage> = {}): void {
    progress = { ...progress, ...change };
    publishedMs = context.elapsedMs();
    lock.advance({ progress, entries });
    entries = [];
  }

  function update(change: Partial<ProgressMessage>): void {
    progress = { ...progress, ...change };
    if (context.elapsedMs() - publishedMs >= SNAPSHOT_INTERVAL_MS) publish();
  }

  const common = (): RunEventBase => eventFields(run, context.now());

  const planEvent = (event: RunStartedEvent["event"], plan: PlanOutline): RunStartedEvent => ({
    event,
    ...common(),
    applied_by: run.startedBy,
    plan_hash: plan.hash,
    versions: plan.steps.map(({ version }) => version),
  });

  return {
    planned({ history, findings }, files) {
      lock.publish({ progress, history, files, findings: findings.map(findingMessage) });
    },
    async requested(plan) {
      const event = planEvent("run_requested", plan);
      context.publish(event);
      await context.beforeRun(event);
    },
    started(plan) {
      run.span.note({ "godwit.plan_hash": plan.hash });
      steps = run.span.begin("execute", { "godwit.plan_hash": plan.hash });
      publish({ migrations_total: plan.steps.length });
      context.publish(planEvent("run_started", plan));
    },
    follow(event) {
      switch (event.kind) {
        case "step-started": {
          const { version, name, statementsTotal } = event;
          running = { version, name, statements: statementsTotal };
          step?.end(null);
          step = steps.begin("migration", { "godwit.version": version, "godwit.name": name });
          // Always, because a migration of one long statement reports nothing until its end.
          publish({ version, statements_done: 0, statements_total: statementsTotal });
          context.publish({ event: "migration_started", ...common(), version, name });
          return;
        }
        case "statement-finished":
          update({ statements_done: event.statementsDone });
          return;
        case "statement-progress": {
          const { statement, rowsDone, rowsTotal, elapsedMs } = event;
          const { version, name, statements } = running;
          context.publish({
            event: "migration_progress",
            ...common(),
            version,
            name,
            statement,
            statements,
            rows_done: rowsDone,
            rows_total: rowsTotal,
            elapsed_ms: Math.round(context.elapsedMs() - startedMs),
            remaining_ms: remainingMs(rowsDone, rowsTotal, elapsedMs),
          });
          return;
        }
        case "step-finished": {
          const { version, name, executionTimeMs, dataLoss } = event.step;
          if (!run.dryRun) entries.push(event.entry);
          step?.end(null);
          step = null;
          update({ migrations_done: progress.migrations_done + 1 });
          context.publish({
            event: run.verb === "apply" ? "migration_applied" : "migration_rolled_back",
            ...common(),
            version,
            name,
            execution_time_ms: executionTimeMs,
            data_loss: lossMessages(dataLoss),
          });
          return;
        }
        case "step-failed": {
          const { version, name, message, reason } = event.failure;
          step?.end(reason);
          step = null;
          context.publish({ event: "migration_failed", ...common(), version, name, message });
          return;
        }
        case "backup-made": {
          const { sizeBytes, elapsedMs } = event;
          steps.begin("backup", { "godwit.bytes": sizeBytes }, elapsedMs).end(null);
          return;
        }
      }
      event satisfies never;
    },
    finished(errorCode, currentVersion) {
      step?.end(errorCode);
      if (steps !== run.span) steps.end(errorCode);
      context.publish(finishedEvent(run, context.now(), errorCode, currentVersion));
    },
  };
}

/** When the running statement will have read all of its rows, if it goes on as it has begun. */
function remainingMs(
  rowsDone: number | null,
  rowsTotal: number | null,
  elapsedMs: number,
): number | null {
  if (rowsDone === null || rowsTotal === null) return null;
  return Math.round(elapsedMs * Math.max(rowsTotal - rowsDone, 0) / rowsDone);
}
