// The schemas of what is stored about a fleet. Records come from other programs, of other versions
// too, so an unknown key is refused by name. Runs anywhere.

import * as v from "valibot";
import { SHARE } from "./limits.ts";
import { isNodeName } from "./node_identity.ts";
import { MOST_LISTED, type NodeReport } from "./node_report.ts";
import { RECORD_FORMAT, RECORD_LIMITS, type RolloutRecord } from "./rollout_record.ts";
import type { Claim } from "./fleet_store.ts";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const name = v.pipe(v.string(), v.check(isNodeName));
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const id = v.pipe(v.string(), v.uuid());
const message = v.pipe(v.string(), v.maxLength(RECORD_LIMITS.messageLength));
const labels = v.record(v.string(), v.string());
const format = v.literal(RECORD_FORMAT);
const digests = v.pipe(v.array(digest), v.maxLength(RECORD_LIMITS.plans));
const findings = v.pipe(v.array(v.string()), v.maxLength(RECORD_LIMITS.findings));

/** The schema of a record in `godwit_rollouts`. */
export const RolloutRecordSchema: v.GenericSchema<unknown, RolloutRecord> = v.strictObject({
  format,
  id,
  plugin: name,
  bundle: digest,
  target_version: v.pipe(count, v.minValue(1)),
  started_by: v.pipe(v.string(), v.maxLength(RECORD_LIMITS.startedByLength)),
  select: labels,
  canary: v.nullable(labels),
  wave_ends: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(RECORD_LIMITS.waves)),
  approval: v.picklist(["none", "first", "each"]),
  limits: v.strictObject({
    max_failures: v.union([count, v.pipe(v.string(), v.regex(SHARE))]),
    max_rows_lost: v.nullable(count),
    answer_within_ms: v.pipe(count, v.minValue(1)),
  }),
  databases: count,
  state: v.strictObject({
    phase: v.picklist([
      "running",
      "awaiting",
      "paused",
      "halted",
      "done",
      "aborted",
      "undoing",
      "undone",
    ]),
    open: count,
    approved: count,
    attempt: count,
    since_ms: v.nullable(count),
    plans: digests,
    findings,
    without: v.array(name),
    why: v.array(v.strictObject({
      kind: v.picklist(["failures", "rows", "plans", "findings", "silent", "refused"]),
      message,
      nodes: v.array(name),
    })),
    undo: v.nullable(v.picklist(["restore", "roll-back"])),
  }),
});

/** The schema of a report in `godwit_nodes`. */
export const NodeReportSchema: v.GenericSchema<unknown, NodeReport> = v.strictObject({
  format,
  node: name,
  plugin: name,
  labels,
  databases: count,
  versions: v.record(v.string(), count),
  // Older reports of this format do not have these two.
  drifted: v.optional(v.nullable(count), null),
  last_run: v.optional(v.nullable(v.pipe(v.string(), v.isoTimestamp())), null),
  progress: v.nullable(v.strictObject({
    rollout: id,
    attempt: count,
    stage: v.picklist(["measured", "applying", "applied", "undoing", "undone"]),
    plans: digests,
    findings,
    rows_at_stake: count,
    counts: v.strictObject({ applied: count, unchanged: count, failed: count, rows_lost: count }),
    failures: v.pipe(
      v.array(v.strictObject({ tenant: v.nullable(name), error_code: v.string(), message })),
      v.maxLength(MOST_LISTED.failures),
    ),
    refused: v.nullable(message),
  })),
});

/** The schema of who holds a lease, or is online under a name. */
export const ClaimSchema: v.GenericSchema<unknown, Claim> = v.strictObject({
  format,
  process: id,
  home: v.string(),
});
