// Tells the rest of the world how a run goes: the snapshot for status, and the events.

import type { ExecutionEvent } from "../execute/execution.ts";
import type { RunLock } from "../lock/run_locks.ts";
import type { RunEvent, RunStartedEvent } from "../message/event.ts";
import type { ErrorCode, ProgressMessage } from "../message/reply.ts";
import { type History, withEntry } from "../plan/history.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { MigrationPlan } from "../plan/migration_plan.ts";
import type { Direction } from "../plan/select_steps.ts";
import type { HandlerContext } from "./context.ts";

// Often enough for a person who watches, and rare enough to cost nothing.
const SNAPSHOT_INTERVAL_MS = 100;

/** The run that is reported. */
export interface ReportedRun {
  readonly address: DatabaseAddress;
  readonly direction: Direction;
  readonly dryRun: boolean;
  readonly startedBy: string;
}

/** Reports one run. */
export class RunProgress {
  readonly #context: HandlerContext;
  readonly #lock: RunLock;
  readonly #run: ReportedRun;
  readonly #id: string;
  #progress: ProgressMessage;
  #history: History = [];
  #publishedAt = -Infinity;

  constructor(context: HandlerContext, lock: RunLock, run: ReportedRun) {
    this.#context = context;
    this.#lock = lock;
    this.#run = run;
    this.#id = context.newId();
    this.#progress = {
      verb: run.direction,
      dry_run: run.dryRun,
      started_at: context.now().toISOString(),
      started_by: run.startedBy,
      version: null,
      migrations_done: 0,
      migrations_total: 0,
      statements_done: 0,
      statements_total: 0,
    };
  }

  /** The history is known; the plan is being made. */
  inspected(history: History): void {
    this.#history = history;
    this.#publishSnapshot();
  }

  /** The plan is about to lock the database; those who have it open may close it. */
  async requested(plan: MigrationPlan): Promise<void> {
    const event = this.#planEvent("run_requested", plan);
    this.#context.publish(event);
    await this.#context.beforeRun(event);
  }

  /** The plan is about to run. */
  started(plan: MigrationPlan): void {
    this.#progress = { ...this.#progress, migrations_total: plan.steps.length };
    this.#publishSnapshot();
    this.#context.publish(this.#planEvent("run_started", plan));
  }

  #planEvent(event: RunStartedEvent["event"], plan: MigrationPlan): RunStartedEvent {
    return {
      event,
      ...this.#common(),
      applied_by: this.#run.startedBy,
      plan_hash: plan.hash,
      versions: plan.steps.map(({ version }) => version),
    };
  }

  /** Something happened in the worker. */
  follow(event: ExecutionEvent): void {
    switch (event.kind) {
      case "step-started": {
        const { version, name, statementsTotal } = event;
        this.#progress = {
          ...this.#progress,
          version,
          statements_done: 0,
          statements_total: statementsTotal,
        };
        // Always, for a migration of one long statement says nothing more until its end.
        this.#publishSnapshot();
        this.#context.publish({ event: "migration_started", ...this.#common(), version, name });
        return;
      }
      case "statement-finished":
        this.#update({ statements_done: event.statementsDone });
        return;
      case "step-finished": {
        const { version, name, executionTimeMs, dataLoss } = event.step;
        if (event.entry !== null && !this.#run.dryRun) {
          this.#history = withEntry(this.#history, event.entry);
        }
        this.#update({ migrations_done: this.#progress.migrations_done + 1 });
        this.#context.publish({
          event: this.#run.direction === "apply" ? "migration_applied" : "migration_rolled_back",
          ...this.#common(),
          version,
          name,
          execution_time_ms: executionTimeMs,
          data_loss: [...dataLoss],
        });
        return;
      }
      case "step-failed": {
        const { version, name, message } = event.failure;
        this.#context.publish({
          event: "migration_failed",
          ...this.#common(),
          version,
          name,
          message,
        });
        return;
      }
    }
    event satisfies never;
  }

  /** The run is over. */
  finished(errorCode: ErrorCode | null, currentVersion: number): void {
    this.#context.publish({
      event: "run_finished",
      ...this.#common(),
      success: errorCode === null,
      error_code: errorCode,
      current_version: currentVersion,
    });
  }

  #update(change: Partial<ProgressMessage>): void {
    this.#progress = { ...this.#progress, ...change };
    if (this.#context.elapsedMs() - this.#publishedAt >= SNAPSHOT_INTERVAL_MS) {
      this.#publishSnapshot();
    }
  }

  #publishSnapshot(): void {
    this.#publishedAt = this.#context.elapsedMs();
    this.#lock.publish({ progress: this.#progress, history: this.#history });
  }

  #common(): Pick<RunEvent, "plugin_name" | "tenant" | "run_id" | "verb" | "dry_run" | "at"> {
    const { plugin, tenant } = this.#run.address;
    return {
      plugin_name: plugin,
      ...(tenant === null ? {} : { tenant }),
      run_id: this.#id,
      verb: this.#run.direction,
      dry_run: this.#run.dryRun,
      at: this.#context.now().toISOString(),
    };
  }
}
