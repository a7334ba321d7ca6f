// A fleet for a picture: nodes that have reported, and a rollout that has halted. For Deno.

import type { FleetStore } from "../../lib/fleet/fleet_store.ts";
import type { NodeReport } from "../../lib/fleet/node_report.ts";
import { RECORD_FORMAT } from "../../lib/fleet/rollout_record.ts";
import { aNode, aRollout, aState, someProgress } from "../fleet/fleet_facts.ts";

const NAMES = ["desk-1", "till-1", "till-2", "till-4", "till-5"];
const LAST_RUN = "2026-11-20T09:30:00.000Z";

/** Stores the reports and the rollout. */
export async function storeFleetScene(store: FleetStore): Promise<void> {
  const put = async (name: string, online: boolean, given: Partial<NodeReport>): Promise<void> => {
    const { report } = aNode(name, null, { plugin: "quote-db", last_run: LAST_RUN, ...given });
    await store.reports.put(`${name}.quote-db`, report, 0);
    const claim = { format: RECORD_FORMAT, process: crypto.randomUUID(), home: name } as const;
    if (online) await store.presence.put(name, claim, 0);
  };
  const desk = { region: "eu", canary: "yes" };
  const till = { region: "eu", kind: "till" };
  await put("desk-1", true, {
    labels: desk,
    databases: 3,
    versions: { "5": 3 },
    drifted: 0,
    progress: someProgress({
      stage: "applied",
      counts: { applied: 3, unchanged: 0, failed: 0, rows_lost: 36 },
    }),
  });
  await put("till-1", true, {
    labels: till,
    versions: { "4": 1 },
    drifted: 0,
    progress: someProgress(),
  });
  await put("till-2", true, {
    labels: till,
    versions: { "4": 1 },
    drifted: 1,
    progress: someProgress({
      counts: { applied: 0, unchanged: 0, failed: 1, rows_lost: 0 },
      failures: [{
        tenant: null,
        error_code: "VALIDATION_FAILED",
        message: "003_add_tags.sql changed after it was applied; restore it and put the change " +
          "into a new migration",
      }],
    }),
  });
  await put("till-4", true, {
    labels: till,
    versions: { "4": 1 },
    drifted: 0,
    progress: someProgress(),
  });
  await put("till-5", false, { labels: till, versions: { "4": 1 }, last_run: null });
  const state = aState({
    phase: "halted",
    open: 1,
    why: [{
      kind: "failures",
      message: "1 database failed, and max_failures allows 0",
      nodes: ["till-2"],
    }],
  });
  const rollout = aRollout(NAMES, "50%,100%", {
    plugin: "quote-db",
    target_version: 5,
    canary: { canary: "yes" },
    state,
  });
  await store.rollouts.put("quote-db", rollout, 0);
}
