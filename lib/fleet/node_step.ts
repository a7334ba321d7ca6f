// What a node may do next with a rollout. Pure; runs anywhere.

import { hasLabels } from "./labels.ts";
import { hasFailed, isToUndo, type Progress } from "./node_report.ts";
import { type OrderedNode, waveOf } from "./node_order.ts";
import type { RolloutRecord } from "./rollout_record.ts";

/** The next step of a node. */
export type NodeStep =
  /** Plan and measure every database, and change none. */
  | { readonly kind: "measure" }
  /** Apply to every database the plan that was measured. */
  | { readonly kind: "apply" }
  /** Bring back every database that this rollout has changed. */
  | { readonly kind: "undo" }
  | { readonly kind: "wait"; readonly why: WaitReason };

/** Why a node does nothing. */
export type WaitReason =
  | "not-selected"
  | "complete"
  | "wave-not-open"
  | "not-running"
  | "refused"
  | "other-plan";

/**
 * Decides from the record and the node's own progress. A node never goes past what the record allows,
 * whatever it was told before.
 */
export function nodeStep(
  rollout: RolloutRecord,
  node: OrderedNode,
  progress: Progress | null,
): NodeStep {
  const { state, select } = rollout;
  switch (state.phase) {
    case "undoing":
    case "undone":
      // What was applied is undone whatever labels the node has since.
      return progress !== null && isToUndo(progress) ? { kind: "undo" } : wait("complete");
    case "paused":
    case "halted":
    case "aborted":
      return wait("not-running");
    case "running":
    case "awaiting":
    case "done":
      return hasLabels(node.labels, select)
        ? forward(rollout, node, progress)
        : wait("not-selected");
  }
  state.phase satisfies never;
}

function forward(
  rollout: RolloutRecord,
  node: OrderedNode,
  progress: Progress | null,
): NodeStep {
  const { state } = rollout;
  if (progress === null || hasFailed(progress) && progress.attempt < state.attempt) {
    return { kind: "measure" };
  }
  if (progress.refused !== null) return wait("refused");
  if (waveOf(rollout, node) >= state.open) return wait("wave-not-open");
  switch (progress.stage) {
    case "measured":
      return isKnown(progress, rollout) ? { kind: "apply" } : wait("other-plan");
    case "applying":
      return { kind: "apply" };
    case "applied":
    case "undoing":
    case "undone":
      return wait("complete");
  }
  progress.stage satisfies never;
}

function isKnown({ plans, findings }: Progress, { state }: RolloutRecord): boolean {
  return plans.every((plan) => state.plans.includes(plan)) &&
    findings.every((finding) => state.findings.includes(finding));
}

/** Returns whether a database of a node may be migrated at this moment. */
export function mayApply(rollout: RolloutRecord, node: OrderedNode): boolean {
  const { phase, open } = rollout.state;
  return (phase === "running" || phase === "awaiting" || phase === "done") &&
    hasLabels(node.labels, rollout.select) && waveOf(rollout, node) < open;
}

function wait(why: WaitReason): NodeStep {
  return { kind: "wait", why };
}
