// How a plan is executed, and what that yields. Runs anywhere.

import type { Backup } from "../backup/make_backup.ts";
import type { Deadline } from "../deadline.ts";
import type { StoredText } from "../history/file_text.ts";
import type { SourcePlace } from "../finding/source_text.ts";
import type { History, HistoryEntry } from "../plan/history.ts";
import type { SchemaChange } from "../sqlite/schema_diff.ts";
import type { DataLoss, ReusedNumbers } from "../loss/data_loss.ts";
import type { WatchedTable } from "../rehearsal/rehearsal.ts";
import type { StatementReport } from "./statement_progress.ts";
import type { Review } from "./plan_review.ts";
import type { RunBackupOptions } from "./run_backup.ts";
import type { ViolatingRows } from "./violating_rows.ts";

/** One migration that ran to its end. */
export interface ExecutedStep {
  readonly version: number;
  readonly name: string;
  readonly executionTimeMs: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly statements: number;
  /** A column whose values all moved to a new one is renamed. */
  readonly changes: readonly SchemaChange[];
  readonly dataLoss: readonly DataLoss[];
  readonly reusedNumbers: readonly ReusedNumbers[];
  /** Tables that it wrote to or dropped and whose rows could not be compared. */
  readonly unmeasured: readonly string[];
}

/** Why a step is not committed. */
export interface StepFailure {
  readonly version: number;
  readonly name: string;
  readonly file: string;
  readonly reason:
    | "sql"
    | "foreign-keys"
    | "foreign-key-action"
    | "broken-schema"
    | "timeout"
    | "cancelled"
    | "unavailable";
  readonly message: string;
  /** The name of SQLite's result code; `null` if SQLite did not fail. */
  readonly sqliteCode: string | null;
  /** `unknown` where the disk failed in the COMMIT: opening the database again may decide it. */
  readonly outcome: "undone" | "unknown";
  readonly place: SourcePlace | null;
  /** The rows that something new in a table refuses, where that is why the statement failed. */
  readonly violations: readonly ViolatingRows[];
}

/** How a run ended. Every step in `executed` is committed, or none in a dry run. */
export interface Execution {
  readonly executed: readonly ExecutedStep[];
  /** The tables that each version writes to, as they were known when it had run. */
  readonly watched: ReadonlyMap<number, readonly WatchedTable[]>;
  readonly history: History;
  readonly backup: Pick<Backup, "name" | "path"> | null;
  /** How many steps were committed before there was a backup. */
  readonly stepsBeforeBackup: number;
  /** Whether the free space for the backup could be read; true where there was no backup. */
  readonly spaceChecked: boolean;
  /** `null` unless the mode is a review that came to its end. */
  readonly review: Review | null;
  readonly end:
    | { readonly kind: "completed" }
    | { readonly kind: "failed"; readonly failure: StepFailure }
    | { readonly kind: "plan-changed"; readonly message: string }
    | {
      readonly kind: "unavailable";
      readonly message: string;
      readonly sqliteCode: string | null;
    };
}

/** What is reported while a run goes on. */
export type ExecutionEvent =
  | {
    readonly kind: "step-started";
    readonly version: number;
    readonly name: string;
    readonly statementsTotal: number;
  }
  | { readonly kind: "statement-finished"; readonly statementsDone: number }
  | { readonly kind: "statement-progress" } & StatementReport
  /** In a dry run the entry of the history is not kept. */
  | {
    readonly kind: "step-finished";
    readonly step: ExecutedStep;
    readonly entry: HistoryEntry;
  }
  | { readonly kind: "step-failed"; readonly failure: StepFailure }
  /** The backup of the run. */
  | { readonly kind: "backup-made"; readonly sizeBytes: number; readonly elapsedMs: number };

/**
 * Whether a run is kept. All modes but `commit` run the whole plan on the real rows in one
 * transaction and undo it; a review also reports the schemas, the statements, and up to `examples`
 * lost rows of each table and lost values of each column.
 */
export type RunMode = "commit" | "rehearse-on-data" | { readonly examples: number };

/** What one transaction of a run holds: a migration, or the whole plan. */
export type TransactionExtent = "migration" | "plan";

/** Lets a caller in another thread know whether a COMMIT may have begun. */
export interface CommitGate {
  /** Says whether a COMMIT may begin; `false` where the caller has answered without it. */
  begin(): boolean;
  /** Says that a COMMIT has ended, and how many steps it kept. */
  end(steps: number): void;
}

/** The gate of a run that no other thread cancels. */
export const OPEN_GATE: CommitGate = { begin: () => true, end() {} };

/** How a plan is run. */
export interface ExecutionOptions {
  readonly mode: RunMode;
  /** What is committed at a time: each migration, or the whole plan, all or nothing. */
  readonly transaction: TransactionExtent;
  /** Identifies the run in the log. */
  readonly runId: string;
  readonly appliedBy: string;
  /** The texts of the files that are applied, by version, for the log. */
  readonly texts: ReadonlyMap<number, StoredText>;
  readonly deadline: Deadline;
  /** The time now as ISO 8601, UTC. */
  readonly now: () => string;
  readonly backups: RunBackupOptions;
  readonly commitGate: CommitGate;
  readonly onEvent: (event: ExecutionEvent) => void;
}
