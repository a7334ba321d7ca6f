// The part of `serve --fleet`: this process is a node of a fleet.

import type { NodeIdentity } from "../../fleet/node_identity.ts";
import type { Log } from "../../handler/context.ts";
import type { Migrator } from "../../migrator.ts";
import type { NatsSettings } from "../../nats/connection.ts";
import { serveNode } from "../../nats/serve_node.ts";
import type { NodeEnd } from "../../rollout/fleet_node.ts";
import { nodeClaim } from "./fleet_connection.ts";

/** What a node works with. */
export interface NodeSetting {
  readonly settings: NatsSettings;
  readonly migrator: Migrator;
  readonly dataDir: string;
  readonly log: Log;
  readonly stop: AbortSignal;
}

/** A node of this process. */
export interface ServedNode {
  /** Resolves when no database is worked on any more. */
  readonly ended: Promise<void>;
  /** Aborted where it cannot be a node, for a reason that was logged. */
  readonly refused: AbortSignal;
}

const PARALLEL = 4;

/** Starts the node. It tries again while the fleet cannot be reached. */
export function startServeNode(identity: NodeIdentity, setting: NodeSetting): ServedNode {
  const refusal = new AbortController();
  const ended = serveHere(identity, setting).then((end) => {
    if (end.kind === "stopped") return;
    setting.log("error", "This process cannot be a node", { reason: end.message });
    refusal.abort();
  });
  return { ended, refused: refusal.signal };
}

async function serveHere(
  identity: NodeIdentity,
  { settings, migrator, dataDir, log, stop }: NodeSetting,
): Promise<NodeEnd> {
  const claim = await nodeClaim(dataDir);
  if (!claim.ok) return { kind: "refused", message: claim.message };
  return await serveNode({
    identity,
    settings,
    context: migrator.context,
    claim: claim.value,
    parallel: PARALLEL,
    signal: stop,
    onReady() {
      const { name: node, labels } = identity;
      log("info", "Serving as a node", { node, ...labels });
    },
    onOutage() {},
  });
}
