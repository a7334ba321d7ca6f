// The messages of `rollout`. Runs anywhere.

import type { FailureLimit } from "../fleet/limits.ts";
import type { ErrorCode } from "./reply.ts";
import type { Checked, RunRequest } from "./request.ts";

/** `rollout`: apply the pending migrations to the databases of every tenant, in waves. */
export interface RolloutRequest
  extends Pick<RunRequest, "dry_run" | "applied_by" | "timeout_ms" | "run_id"> {
  /** The version to end at; `"latest"` by default. */
  target_version?: number | "latest" | undefined;
  /**
   * When each wave is done: so many databases, or a share of all. `"1,10%,100%"`; `"100%"` by
   * default, which is one wave.
   */
  wave?: string | undefined;
  /** How many databases may fail, or which share, such as `"5%"`; 0 by default. */
  max_failures?: FailureLimit | undefined;
  /**
   * How many rows may be lost in all. A wave is measured before anything in it is committed. Without
   * it there is no limit.
   */
  max_rows_lost?: number | undefined;
  /** How many databases are migrated at the same time; 4 by default, 64 at most. */
  parallel?: number | undefined;
}

/** A checked `rollout`. */
export type CheckedRollout = Checked<
  RolloutRequest,
  | "target_version"
  | "wave"
  | "max_failures"
  | "parallel"
  | "dry_run"
  | "applied_by"
  | "timeout_ms"
>;

/** The database of one tenant that a rollout could not migrate. */
export interface RolloutFailure {
  /** Whose database it is. */
  tenant: string;
  /** Why, for programs. */
  error_code: ErrorCode;
  /** Why, for people. */
  message: string;
  /** The version that it is at; `null` where that is not known. */
  current_version: number | null;
}

/** The database of one tenant that lost rows, or would. */
export interface RolloutLoss {
  /** Whose database it is. */
  tenant: string;
  /** Rows that are deleted, and rows that lose a value. */
  rows_lost: number;
  /** The backup made before, where there is one. */
  backup?: string | undefined;
}

/** What became of one wave. */
export interface WaveMessage {
  /** How many databases are in it. */
  databases: number;
  /** In how many migrations were applied. */
  applied: number;
  /** How many had nothing pending. */
  unchanged: number;
  /** How many failed. */
  failed: number;
  /** As in the reply. */
  rows_lost: number;
}

/** The reply to a rollout that ran, although databases may have failed. */
export interface RolloutReply {
  /** Distinguishes it from a failure. */
  success: true;
  /** Which verb it answers. */
  verb: "rollout";
  /** The plugin that the request named. */
  plugin_name: string;
  /** Identifies the rollout, which can be cancelled under it. */
  run_id: string;
  /** Whether it was a dry run, which keeps no change. */
  dry_run: boolean;
  /** How many tenants have a database. */
  databases: number;
  /** In how many migrations were applied. */
  applied: number;
  /** How many had nothing pending. */
  unchanged: number;
  /** How many were not reached. */
  waiting: number;
  /** Those that could not be migrated. */
  failed: RolloutFailure[];
  /** Why it went no further; `null` where it came to its end. */
  halted: string | null;
  /** Rows that were deleted, and rows that lost a value, in all databases. */
  rows_lost: number;
  /** The databases that lost rows. */
  losses: RolloutLoss[];
  /** The waves that were begun. */
  waves: WaveMessage[];
  /** From the request to the reply, in milliseconds. */
  total_time_ms: number;
}
