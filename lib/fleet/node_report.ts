// What is stored about a node and the databases of one plugin on it. Pure; runs anywhere.

import type { Labels } from "./labels.ts";
import type { RECORD_FORMAT, RolloutRecord } from "./rollout_record.ts";

/** The most failures, plans and findings that a report lists; it counts all. */
export const MOST_LISTED = { failures: 20, plans: 200, findings: 200 } as const;

/** How far a node is with a rollout. */
export type Stage =
  /** Every database was planned and measured; nothing was changed. */
  | "measured"
  /** Some databases may be migrated. */
  | "applying"
  | "applied"
  | "undoing"
  | "undone";

/** A database that failed, in a report. */
export interface ReportedFailure {
  /** `null` for the plugin's own database. */
  readonly tenant: string | null;
  /** A code of a failure reply. */
  readonly error_code: string;
  /** What went wrong, and the way out. */
  readonly message: string;
}

/** Counts of databases. Of a stage that has not ended, those so far. */
export interface ReportedCounts {
  readonly applied: number;
  readonly unchanged: number;
  readonly failed: number;
  /** Rows that were deleted, and rows that lost a value. */
  readonly rows_lost: number;
}

/** How far a node is with a rollout, and what it found. */
export interface Progress {
  /** The rollout's id. */
  readonly rollout: string;
  readonly attempt: number;
  readonly stage: Stage;
  /** The hashes of the plans that the databases have; none where nothing is pending. */
  readonly plans: readonly string[];
  /** What the rules found about these plans, as `code@version`. */
  readonly findings: readonly string[];
  /** The rows that the databases that are not migrated yet will lose. */
  readonly rows_at_stake: number;
  readonly counts: ReportedCounts;
  readonly failures: readonly ReportedFailure[];
  /** Why the node does nothing at all, such as a bundle that it does not trust. */
  readonly refused: string | null;
}

/** A node's databases of one plugin, under `<node>.<plugin>` in the bucket `godwit_nodes`. */
export interface NodeReport {
  readonly format: typeof RECORD_FORMAT;
  readonly node: string;
  readonly plugin: string;
  readonly labels: Labels;
  readonly databases: number;
  /** How many databases are at which version; `?` is one that cannot be read. */
  readonly versions: Readonly<Record<string, number>>;
  /**
   * Databases that have other migrations than the node's own files; `null` where the node has none,
   * as one that takes every file from a rollout.
   */
  readonly drifted: number | null;
  /** When a database was last changed, ISO 8601, by the node's clock; `null` where none was. */
  readonly last_run: string | null;
  readonly progress: Progress | null;
}

/** A node as a coordinator sees it. */
export interface SeenNode {
  readonly report: NodeReport;
  /** When the report was stored, by the server's clock. */
  readonly reportedMs: number;
  /** Whether the node has renewed its presence. */
  readonly present: boolean;
}

/** A node's progress with this rollout; `null` where it has reported none. */
export function progressIn(
  { progress }: Pick<NodeReport, "progress">,
  { id }: Pick<RolloutRecord, "id">,
): Progress | null {
  return progress?.rollout === id ? progress : null;
}

/** Returns whether something went wrong that another attempt may mend. */
export function hasFailed({ counts, refused }: Progress): boolean {
  return counts.failed > 0 || refused !== null;
}

/** Returns whether databases were or may have been changed, and are not brought back. */
export function isToUndo({ stage }: Progress): boolean {
  return stage === "applying" || stage === "applied" || stage === "undoing";
}
