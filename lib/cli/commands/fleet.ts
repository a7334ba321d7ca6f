// `rollout` and `fleet`: starts, shows and leads rollouts over the nodes of a fleet.

import { sleep } from "../../deadline.ts";
import { command, type OperatorCommand } from "../../fleet/commands.ts";
import { membersOf } from "../../fleet/decide.ts";
import { FleetStoreError } from "../../fleet/fleet_store.ts";
import type { SeenNode } from "../../fleet/node_report.ts";
import { overviewOf } from "../../fleet/overview.ts";
import type { RolloutRecord } from "../../fleet/rollout_record.ts";
import type { BucketSettings } from "../../nats/fleet_buckets.ts";
import { coordinate } from "../../rollout/coordinator.ts";
import { startRollout } from "../../rollout/start_rollout.ts";
import type { CommonOptions, Environment, FleetCommand } from "../command.ts";
import type { Console } from "../console.ts";
import { processLog } from "../process_log.ts";
import { paragraph } from "../render/layout.ts";
import { connectFleet, operatorClaim } from "./fleet_connection.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { nodesOf, noRollout, printJson, refused, type Session, statusOf } from "./fleet_session.ts";
import { stopSignals } from "./stop_signals.ts";

const CONFLICT_MS = 100;

/** Carries out a command about the fleet that --nats names. */
export async function runFleet(
  fleet: FleetCommand,
  options: CommonOptions,
  console: Console,
  environment: Environment,
): Promise<ExitStatus> {
  using signals = stopSignals();
  const unreached = (message: string): ExitStatus => {
    console.err(paragraph(console.colors.red("✗"), message));
    return EXIT.noReply;
  };
  try {
    const connected = await connectFleet(options, environment, bucketSettings(fleet));
    if (!connected.ok) return unreached(connected.message);
    await using store = connected.value;
    return await run(fleet, { store, options, console, signals });
  } catch (error) {
    if (!(error instanceof FleetStoreError)) throw error;
    return unreached(error.message);
  }
}

function bucketSettings(fleet: FleetCommand): BucketSettings {
  return fleet.kind === "nodes" && fleet.replicas !== undefined ? { replicas: fleet.replicas } : {};
}

async function run(fleet: FleetCommand, session: Session): Promise<ExitStatus> {
  switch (fleet.kind) {
    case "start":
      return await start(fleet, session);
    case "command":
      return await give(fleet.plugin, () => fleet.given, fleet.detach, session);
    case "resume": {
      const { limits, without, accept } = fleet.resume;
      const given = (rollout: RolloutRecord, nodes: readonly SeenNode[]): OperatorCommand => {
        const progress = membersOf(rollout, nodes).map((member) => member.progress);
        return {
          kind: "resume",
          limits,
          without,
          accept: {
            plans: accept.plans ? progress.flatMap((each) => each?.plans ?? []) : [],
            findings: accept.findings ? progress.flatMap((each) => each?.findings ?? []) : [],
          },
        };
      };
      return await give(fleet.plugin, given, fleet.detach, session);
    }
    case "lead":
      return await lead(fleet.plugin, session);
    case "status": {
      const { showRollout } = await import("./show_rollout.ts");
      return await showRollout(fleet.plugin, fleet.watch, session);
    }
    case "nodes": {
      const { showNodes } = await import("./show_nodes.ts");
      return await showNodes(fleet.plugin, session);
    }
  }
  fleet satisfies never;
}

async function start(
  { plugin, to: target, keyFile, detach, ...given }: Extract<FleetCommand, { kind: "start" }>,
  session: Session,
): Promise<ExitStatus> {
  const { options, store } = session;
  const [{ readPlugin }, { signerOf }] = await Promise.all([
    import("../../bundle/read_plugin.ts"),
    import("./key_file.ts"),
  ]);
  const read = await readPlugin(options.pluginsDir, plugin);
  if (read.kind === "not-found") {
    return refused({ error_code: "PLUGIN_NOT_FOUND", message: read.message }, session);
  }
  if (read.kind === "invalid") {
    const [first] = read.findings;
    const message = `${plugin} has ${read.findings.length} problems, and nothing was started: ` +
      `${first?.message ?? ""}; see all with: godwit check ${plugin}`;
    return refused({ error_code: "VALIDATION_FAILED", message }, session);
  }
  const signer = await signerOf(keyFile);
  if (!signer.ok) {
    return refused({ error_code: "INVALID_REQUEST", message: signer.message }, session);
  }
  const started = await startRollout({
    ...given,
    bundle: signer.value(read.bundle),
    target,
    startedBy: options.by ?? "system",
  }, store);
  if (!started.ok) {
    const error_code = started.code === "in-progress" ? "MIGRATION_IN_PROGRESS" : "INVALID_REQUEST";
    return refused({ error_code, message: started.message }, session);
  }
  return detach ? await shown(plugin, session) : await lead(plugin, session);
}

/** Stores what an operator wants, by the revision that was looked at. */
async function give(
  plugin: string,
  makeCommand: (rollout: RolloutRecord, nodes: readonly SeenNode[]) => OperatorCommand,
  detach: boolean,
  session: Session,
): Promise<ExitStatus> {
  const { store, signals } = session;
  const nodes = await nodesOf(plugin, store);
  for (;;) {
    const stored = await store.rollouts.get(plugin);
    if (stored === null) return noRollout(plugin, session);
    const after = command(stored.value, makeCommand(stored.value, nodes));
    if (!after.ok) {
      return refused({ error_code: "INVALID_REQUEST", message: after.message }, session);
    }
    if (await store.rollouts.put(plugin, after.value, stored.revision) !== null) break;
    // A coordinator has opened a wave meanwhile.
    await sleep(CONFLICT_MS, signals.asked);
    if (signals.asked.aborted) return EXIT.failure;
  }
  return detach ? await shown(plugin, session) : await lead(plugin, session);
}

/** Leads the rollout until it rests, and draws it; Ctrl-C leaves it to others. */
async function lead(plugin: string, session: Session): Promise<ExitStatus> {
  const { store, options, console, signals } = session;
  const { RolloutPicture } = await import("../render/rollout_picture.ts");
  const picture = options.json ? null : new RolloutPicture(console);
  let last: readonly SeenNode[] = [];
  const record = await coordinate({
    plugin,
    store,
    claim: operatorClaim(),
    log: processLog(console, options.json, "warn"),
    signal: signals.asked,
    onLook(rollout, nodes) {
      last = nodes;
      picture?.draw(rollout, overviewOf(rollout, nodes));
    },
  });
  if (record === null) {
    if (await store.rollouts.get(plugin) === null) return noRollout(plugin, session);
    console.err(
      `The rollout goes on where a coordinator is; be one with: godwit rollout lead ${plugin}`,
    );
    return EXIT.failure;
  }
  if (options.json) printJson(record, last, console);
  return statusOf(record);
}

/** Prints a rollout as it is now. */
async function shown(plugin: string, session: Session): Promise<ExitStatus> {
  const { showRollout } = await import("./show_rollout.ts");
  return await showRollout(plugin, false, session);
}
