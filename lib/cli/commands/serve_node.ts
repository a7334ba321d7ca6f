// The part of `serve --fleet`: this process is a node of a fleet, on a connection of its own.

import { sleep } from "../../deadline.ts";
import { FleetStoreError } from "../../fleet/fleet_store.ts";
import type { Log } from "../../handler/context.ts";
import type { Migrator } from "../../migrator.ts";
import { connectWithRetries, describeNatsError, type NatsSettings } from "../../nats/connection.ts";
import { openFleetStore } from "../../nats/fleet_store.ts";
import { isPublicKey, VERIFY } from "../../nats/publisher_key.ts";
import { UNOBSERVED } from "../../nats/service_observer.ts";
import { type NodeEnd, runNode } from "../../rollout/fleet_node.ts";
import type { NodeIdentity } from "../command.ts";
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
const AGAIN_MS = 5_000;

/** Starts the node. It tries again while the fleet cannot be reached. */
export function startServeNode(identity: NodeIdentity, setting: NodeSetting): ServedNode {
  const refusal = new AbortController();
  const ended = serveNode(identity, setting).then(
    (end) => {
      if (end.kind === "stopped") return;
      setting.log("error", "This process cannot be a node", { reason: end.message });
      refusal.abort();
    },
  );
  return { ended, refused: refusal.signal };
}

async function serveNode(
  { name, labels, trust }: NodeIdentity,
  { settings, migrator, dataDir, log, stop }: NodeSetting,
): Promise<NodeEnd> {
  const wrong = trust.find((key) => !isPublicKey(key));
  if (wrong !== undefined) {
    const message = `${wrong} is no public key; godwit key FILE prints one, which begins with U`;
    return { kind: "refused", message };
  }
  const claim = await nodeClaim(dataDir);
  if (!claim.ok) return { kind: "refused", message: claim.message };
  if (trust.length === 0) {
    log("warn", "This node takes bundles of every publisher; name those that it trusts", {
      option: "--trust KEY",
    });
  }
  // No other node may read what the store replies to this one.
  const own = { ...settings, inboxPrefix: `_INBOX.${name}` };
  while (!stop.aborted) {
    try {
      const connection = await connectWithRetries(own, log, stop, UNOBSERVED);
      if (connection === null) break;
      await using store = await openFleetStore(connection);
      return await runNode({
        name,
        labels,
        store,
        context: migrator.context,
        trust: { keys: trust, verify: VERIFY },
        parallel: PARALLEL,
        claim: claim.value,
        signal: stop,
        onReady: () => log("info", "Serving as a node", { node: name, ...labels }),
      });
    } catch (error) {
      if (error instanceof FleetStoreError && error.code === "forbidden") {
        return { kind: "refused", message: error.message };
      }
      const reason = error instanceof FleetStoreError ? error.message : describeNatsError(error);
      log("error", "The fleet cannot be reached; trying again", { reason, delay_ms: AGAIN_MS });
      await sleep(AGAIN_MS, stop);
    }
  }
  return { kind: "stopped" };
}
