// Records and reports for the tests of the pure plan.

import type { NodeReport, Progress, SeenNode } from "../../lib/fleet/node_report.ts";
import { waveEnds } from "../../lib/fleet/node_order.ts";
import {
  RECORD_FORMAT,
  type RolloutRecord,
  type RolloutState,
} from "../../lib/fleet/rollout_record.ts";
import { parseWaves } from "../../lib/fleet/waves.ts";

export const ROLLOUT_ID = "5f0c8f5e-3f63-4a6f-9c57-0a8a3d2f7b11";
export const PLAN = "a".repeat(64);

/** A rollout of `nodes` that has just been started. */
export function aRollout(
  nodes: readonly string[],
  waves = "100%",
  given: Partial<RolloutRecord> = {},
): RolloutRecord {
  const ends = parseWaves(waves);
  if (!ends.ok) throw new Error(ends.message);
  return {
    format: RECORD_FORMAT,
    id: ROLLOUT_ID,
    plugin: "game",
    bundle: "b".repeat(64),
    target_version: 2,
    started_by: "ann",
    select: {},
    canary: null,
    wave_ends: waveEnds(ROLLOUT_ID, nodes, ends.value),
    approval: "none",
    limits: { max_failures: 0, max_rows_lost: null, answer_within_ms: 1_000 },
    databases: nodes.length,
    state: aState(),
    ...given,
  };
}

/** The state of a rollout that has just been seen by a coordinator. */
export function aState(given: Partial<RolloutState> = {}): RolloutState {
  return {
    phase: "running",
    open: 0,
    approved: 0,
    attempt: 0,
    since_ms: 0,
    plans: [],
    findings: [],
    without: [],
    why: [],
    undo: null,
    ...given,
  };
}

/** The progress of a node with one database. */
export function someProgress(given: Partial<Progress> = {}): Progress {
  return {
    rollout: ROLLOUT_ID,
    attempt: 0,
    stage: "measured",
    plans: [PLAN],
    findings: [],
    rows_at_stake: 0,
    counts: { applied: 0, unchanged: 0, failed: 0, rows_lost: 0 },
    failures: [],
    refused: null,
    ...given,
  };
}

/** A node with one database. */
export function aNode(
  node: string,
  progress: Progress | null = null,
  given: Partial<Omit<SeenNode, "report">> & Partial<NodeReport> = {},
): SeenNode {
  const { reportedMs = 0, present = true, ...report } = given;
  return {
    report: {
      format: RECORD_FORMAT,
      node,
      plugin: "game",
      labels: {},
      databases: 1,
      versions: { "1": 1 },
      drifted: null,
      last_run: null,
      progress,
      ...report,
    },
    reportedMs,
    present,
  };
}
