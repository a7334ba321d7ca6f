// What the commands about rollouts over nodes share.

import type { FleetStore } from "../../fleet/fleet_store.ts";
import type { SeenNode } from "../../fleet/node_report.ts";
import { overviewOf } from "../../fleet/overview.ts";
import type { RolloutRecord } from "../../fleet/rollout_record.ts";
import { seenNodes } from "../../fleet/seen_nodes.ts";
import type { CommonOptions } from "../command.ts";
import type { Console } from "../console.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { type Refusal, refuse } from "./refuse.ts";
import type { StopSignals } from "./stop_signals.ts";

/** A command that has reached its fleet. */
export interface Session {
  readonly store: FleetStore;
  readonly options: CommonOptions;
  readonly console: Console;
  readonly signals: StopSignals;
}

/** The exit status that the state of a rollout means. One that was aborted is as it was wanted. */
export function statusOf({ state: { phase, why } }: RolloutRecord): ExitStatus {
  const isWanted = phase === "aborted" || phase !== "halted" && why.length === 0;
  return isWanted ? EXIT.success : EXIT.failure;
}

/** Prints a rollout as JSON, alone. */
export function printJson(
  rollout: RolloutRecord,
  nodes: readonly SeenNode[],
  console: Console,
): void {
  console.out(JSON.stringify({ success: true, rollout, ...overviewOf(rollout, nodes) }));
}

/** The nodes of a plugin as they are now. */
export async function nodesOf(plugin: string, store: FleetStore): Promise<readonly SeenNode[]> {
  await using reports = await store.reports.follow(`*.${plugin}`, () => {});
  await using presence = await store.presence.follow("*", () => {});
  return seenNodes(reports, presence, null, store);
}

/** Refuses where a plugin has no rollout. */
export function noRollout(plugin: string, session: Session): ExitStatus {
  const message = `There is no rollout of "${plugin}"; start one with: godwit rollout start ` +
    `${plugin} --nats URL`;
  return refused({ error_code: "PLUGIN_NOT_FOUND", message }, session);
}

/** Prints why nothing was done. */
export function refused(refusal: Refusal, { options, console }: Session): ExitStatus {
  return refuse(refusal, options, console);
}
