// What is stored about a rollout over many nodes: what is wanted, and how far it may go. Pure.

import type { FailureLimit } from "./limits.ts";
import type { Labels } from "./labels.ts";

/** The format of every record that this godwit writes, and the only one that it reads. */
export const RECORD_FORMAT = 1;

/** What the format allows. More is refused before it is stored, because no program could read it. */
export const RECORD_LIMITS = {
  plans: 400,
  findings: 400,
  waves: 100,
  startedByLength: 200,
  messageLength: 4_000,
} as const;

/** Where operators have a say: nowhere, after the first wave, or after each. */
export type ApprovalGate = "none" | "first" | "each";

/** How databases are brought back: their backup, or the DOWN sections. */
export type UndoMethod = "restore" | "roll-back";

/** Where a rollout is. */
export type Phase =
  /** Waves are opened. */
  | "running"
  /** The next wave waits for an approval. */
  | "awaiting"
  | "paused"
  | "halted"
  /** Every wave is open and complete; nodes that come later still catch up. */
  | "done"
  | "aborted"
  | "undoing"
  | "undone";

/** Why a rollout went no further, for programs and, as `message`, for people. */
export interface HaltReason {
  /** What has halted it. */
  readonly kind: "failures" | "rows" | "plans" | "findings" | "silent" | "refused";
  /** The same in words. */
  readonly message: string;
  /** The nodes that it is about, at most twenty. */
  readonly nodes: readonly string[];
}

/** How much may go wrong, and how long a node may take to answer. */
export interface FleetLimits {
  readonly max_failures: FailureLimit;
  /** `null` without a limit. */
  readonly max_rows_lost: number | null;
  readonly answer_within_ms: number;
}

/** How far a rollout may go. A node does nothing that this does not allow. */
export interface RolloutState {
  readonly phase: Phase;
  /** So many waves may apply. */
  readonly open: number;
  /** So many waves are approved. */
  readonly approved: number;
  /** Counts how often a halted rollout was resumed; nodes try again what had failed. */
  readonly attempt: number;
  /** When this step began, by the server's clock; `null` until a coordinator has seen it. */
  readonly since_ms: number | null;
  /** The plans that the first wave had, and those that an operator has accepted. */
  readonly plans: readonly string[];
  /** The same of findings, as `code@version`. */
  readonly findings: readonly string[];
  /** Nodes that are not waited for. */
  readonly without: readonly string[];
  readonly why: readonly HaltReason[];
  readonly undo: UndoMethod | null;
}

/** A rollout, under the name of its plugin in the bucket `godwit_rollouts`. */
export interface RolloutRecord {
  readonly format: typeof RECORD_FORMAT;
  /** A UUID, which every run of the rollout has as its run_id. */
  readonly id: string;
  readonly plugin: string;
  /** SHA-256 of the bundle, its name in the object store. */
  readonly bundle: string;
  readonly target_version: number;
  readonly started_by: string;
  /** The nodes that it is for. */
  readonly select: Labels;
  /** The nodes of the first wave; `null` where an order by chance decides. */
  readonly canary: Labels | null;
  /** Where each wave ends in the order of nodes, beside that of the canaries. */
  readonly wave_ends: readonly string[];
  readonly approval: ApprovalGate;
  readonly limits: FleetLimits;
  /** How many databases it was started for; a share of failures is one of these. */
  readonly databases: number;
  readonly state: RolloutState;
}

/** A rollout in one of these phases keeps others of its plugin out. */
export function isUnfinished({ phase }: RolloutState): boolean {
  return phase !== "done" && phase !== "aborted" && phase !== "undone";
}
