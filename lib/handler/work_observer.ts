// What handlers report of their work, for metrics. Runs wherever handlers run.

import type { ErrorCode } from "../message/reply.ts";
import type { AnyVerb } from "../message/verbs.ts";

/** How a request or a run ended. */
export type WorkOutcome = "success" | ErrorCode;

/** A request that has its reply. */
export interface AnsweredRequest {
  /** The verb of the request. */
  readonly verb: AnyVerb;
  /** How it ended. */
  readonly outcome: WorkOutcome;
  /** From the request to the reply, in milliseconds. */
  readonly ms: number;
}

/** What a run has done to its database; of a dry run, what it would do. */
export interface RunFigures {
  /** The migrations that were applied or rolled back. */
  readonly migrations: number;
  /** The rows that were lost. */
  readonly rowsLost: number;
  /** The values that were lost in rows that are still there. */
  readonly valuesLost: number;
  /** The name or the path of the backup that was made; `null` where none was. */
  readonly backup: string | null;
}

/** A run that has given its database back. */
export interface EndedRun extends RunFigures {
  /** Identifies the run; the same in its reply and its events. */
  readonly id: string;
  /** The verb that ran; that of a tenant's part of a rollout is `apply`. */
  readonly verb: "apply" | "rollback" | "rollout" | "plan" | "backup" | "restore";
  /** The plugin that it was about. */
  readonly plugin: string;
  /** The tenant; `null` for the plugin's own database. */
  readonly tenant: string | null;
  /** Whether everything was undone; a plan always is. */
  readonly dryRun: boolean;
  /** How it ended. */
  readonly outcome: WorkOutcome;
  /** How long it had the database, in milliseconds. */
  readonly ms: number;
}

/** Follows the work of handlers. No method may throw or wait. */
export interface WorkObserver {
  /** A request was taken. */
  onRequest(verb: AnyVerb): void;
  /** A request that was taken has its reply. */
  onAnswered(request: AnsweredRequest): void;
  /** A plan with steps was rehearsed, or a kept rehearsal served again. */
  onRehearsal(source: "made" | "kept"): void;
  /** A run has ended. */
  onRunEnded(run: EndedRun): void;
}

/** An observer that ignores everything. */
export const UNOBSERVED_WORK: WorkObserver = {
  onRequest() {},
  onAnswered() {},
  onRehearsal() {},
  onRunEnded() {},
};
