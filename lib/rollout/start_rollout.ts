// Starts a rollout: its bundle, its waves over the nodes that are there, and its record.

import { type FleetStore, FleetStoreError } from "../fleet/fleet_store.ts";
import { describeLabels, hasLabels, type Labels } from "../fleet/labels.ts";
import type { NodeReport } from "../fleet/node_report.ts";
import { waveEnds } from "../fleet/node_order.ts";
import {
  type ApprovalGate,
  type FleetLimits,
  isUnfinished,
  RECORD_FORMAT,
  RECORD_LIMITS,
  type RolloutRecord,
} from "../fleet/rollout_record.ts";
import { parseWaves } from "../fleet/waves.ts";
import { sha256Hex } from "../migration/sha256_hex.ts";
import type { Outcome } from "../outcome.ts";
import { bundleBytes } from "../source/bundle_bytes.ts";
import type { Bundle } from "../source/plugin_manifest.ts";
import { versionsOf } from "./fleet_bundle.ts";

/** What to roll out, and how. */
export interface RolloutStart {
  readonly bundle: Bundle;
  readonly target: number | "latest";
  readonly waves: string;
  readonly select: Labels;
  readonly canary: Labels | null;
  readonly approval: ApprovalGate;
  readonly limits: FleetLimits;
  readonly startedBy: string;
}

/** Why a rollout is not started. */
export type StartCode = "bad-waves" | "bad-name" | "no-version" | "no-nodes" | "in-progress";

/** Stores the bundle and the record of a new rollout. Throws `FleetStoreError`. */
export async function startRollout(
  start: RolloutStart,
  store: FleetStore,
): Promise<Outcome<RolloutRecord, StartCode>> {
  const { bundle, select, canary, approval, limits, startedBy } = start;
  const { name: plugin } = bundle;
  const waves = parseWaves(start.waves);
  if (!waves.ok) return { ...waves, message: `--wave: ${waves.message}` };
  if (waves.value.length > RECORD_LIMITS.waves) {
    return refused("bad-waves", `--wave: a rollout has at most ${RECORD_LIMITS.waves} waves`);
  }
  if (startedBy.length > RECORD_LIMITS.startedByLength) {
    const message = `--by: a name has at most ${RECORD_LIMITS.startedByLength} characters`;
    return refused("bad-name", message);
  }
  const versions = versionsOf(bundle);
  const target = start.target === "latest" ? versions.at(-1) : start.target;
  if (target === undefined || !versions.includes(target)) {
    return refused(
      "no-version",
      `There is no migration ${target ?? "at all"} in the bundle of "${plugin}"; it has ` +
        `${versions.length === 0 ? "none" : `${versions[0]} to ${versions.at(-1)}`}`,
    );
  }
  const before = await store.rollouts.get(plugin);
  if (before !== null && isUnfinished(before.value.state)) return inProgress(before.value);
  const nodes = await nodesWith(plugin, select, store);
  if (nodes.length === 0) return noNodes(plugin, select);
  const canaries = nodes.filter(({ labels }) => canary !== null && hasLabels(labels, canary));
  if (canary !== null && canaries.length === 0) {
    return refused(
      "no-nodes",
      `No node of "${plugin}" has the label ${
        describeLabels(canary)
      } of --canary; see the labels ` +
        `with: godwit fleet ${plugin}`,
    );
  }
  const id = crypto.randomUUID();
  const others = nodes.filter((node) => !canaries.includes(node)).map(({ node }) => node);
  const bytes = bundleBytes(bundle);
  const digest = await sha256Hex(bytes);
  await store.putBundle(digest, bytes);
  const record: RolloutRecord = {
    format: RECORD_FORMAT,
    id,
    plugin,
    bundle: digest,
    target_version: target,
    started_by: startedBy,
    select,
    canary,
    wave_ends: waveEnds(id, others, waves.value),
    approval,
    limits,
    databases: nodes.reduce((sum, { databases }) => sum + databases, 0),
    state: {
      phase: "running",
      open: 0,
      approved: 0,
      attempt: 0,
      since_ms: null,
      plans: [],
      findings: [],
      without: [],
      why: [],
      undo: null,
    },
  };
  const revision = await store.rollouts.put(plugin, record, before?.revision ?? 0);
  if (revision !== null) return { ok: true, value: record };
  // Two were started at once.
  const winner = await store.rollouts.get(plugin);
  if (winner === null) throw new FleetStoreError("unavailable", "The record cannot be stored");
  return inProgress(winner.value);
}

/** The reports of the nodes that have a plugin. */
export async function nodesWith(
  plugin: string,
  select: Labels,
  store: FleetStore,
): Promise<readonly NodeReport[]> {
  await using reports = await store.reports.follow(`*.${plugin}`, () => {});
  return [...reports.entries.values()].map(({ value }) => value).filter(({ labels, databases }) =>
    databases > 0 && hasLabels(labels, select)
  );
}

function inProgress({ plugin, state, started_by }: RolloutRecord): Outcome<never, StartCode> {
  return refused(
    "in-progress",
    `A rollout of ${plugin} that ${started_by} has started is ${state.phase}; wait for it, or end ` +
      `it with: godwit rollout abort ${plugin}`,
  );
}

function noNodes(plugin: string, select: Labels): Outcome<never, StartCode> {
  const labels = describeLabels(select);
  return refused(
    "no-nodes",
    `No node has a database of "${plugin}"${
      labels === "" ? "" : ` and the label ${labels}`
    }; start ` +
      `nodes with: godwit serve --fleet --node NAME`,
  );
}

function refused(code: StartCode, message: string): Outcome<never, StartCode> {
  return { ok: false, code, message };
}
