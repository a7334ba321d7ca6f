// Serves as a node of a fleet, on one connection of its own after another. Runs in Deno and in
// browsers.

import type { NatsConnection } from "nats.ws";
import { sleep } from "../deadline.ts";
import { type Claim, FleetStoreError } from "../fleet/fleet_store.ts";
import type { NodeIdentity } from "../fleet/node_identity.ts";
import type { HandlerContext, Log } from "../handler/context.ts";
import { type FollowChanges, type NodeEnd, runNode } from "../rollout/fleet_node.ts";
import {
  connectWithRetries,
  describeNatsError,
  isRefusedCredentials,
  type NatsSettings,
} from "./connection.ts";
import { openFleetStore } from "./fleet_store.ts";
import { nodeInbox } from "./inboxes.ts";
import { watchLink } from "./link.ts";
import { isPublicKey, VERIFY } from "./publisher_key.ts";
import { UNOBSERVED } from "./service_observer.ts";

/** What a node works with. */
export interface NodeServiceOptions {
  readonly identity: NodeIdentity;
  readonly settings: NatsSettings;
  /** Where its databases are. */
  readonly context: HandlerContext;
  readonly claim: Claim;
  /** How many databases are migrated at the same time. */
  readonly parallel: number;
  /** Abort it to stop between two databases. */
  readonly signal: AbortSignal;
  /** Called when the node has reported all of its plugins, and again after it was offline. */
  readonly onReady: () => void;
  /** Called while the fleet cannot be reached, which is tried again. */
  readonly onOutage: (reason: string) => void;
  /** How often it looks for new databases, and for its reports; each 20 s by default. */
  readonly lookAgainMs?: number;
  /**
   * Calls `look` after databases or files of the node have changed, and returns a function that ends
   * this; by default they are found by looking again.
   */
  readonly followChanges?: FollowChanges;
}

const AGAIN_MS = 1_000;

/** Serves until `signal` is aborted. It tries again while the fleet cannot be reached. */
export async function serveNode(options: NodeServiceOptions): Promise<NodeEnd> {
  const { identity: { name, trust }, settings, context: { log }, signal, onOutage } = options;
  const wrong = trust.find((key) => !isPublicKey(key));
  if (wrong !== undefined) {
    const message = `${wrong} is no public key; godwit key FILE prints one, which begins with U`;
    return { kind: "refused", message };
  }
  if (trust.length === 0) {
    log("warn", "This node takes bundles of every publisher; name those that it trusts", {
      node: name,
    });
  }
  const own = { ...settings, inboxPrefix: nodeInbox(name) };
  while (!signal.aborted) {
    try {
      const connection = await connectWithRetries(own, log, signal, { ...UNOBSERVED, onOutage });
      if (connection === null) break;
      const end = await serveOn(connection, options);
      if (end.kind === "refused") return end;
    } catch (error) {
      const isRefused = error instanceof FleetStoreError
        ? error.code === "forbidden"
        : isRefusedCredentials(error);
      const message = error instanceof FleetStoreError ? error.message : describeNatsError(error);
      if (isRefused) return { kind: "refused", message };
      onOutage(message);
      log("error", "The fleet cannot be reached; trying again", {
        reason: message,
        delay_ms: AGAIN_MS,
      });
      await sleep(AGAIN_MS, signal);
    }
  }
  return { kind: "stopped" };
}

/**
 * Serves until `signal` is aborted or the connection ends. nats.ws reconnects by itself; it ends a
 * connection where credentials are refused twice.
 */
async function serveOn(
  connection: NatsConnection,
  options: NodeServiceOptions,
): Promise<NodeEnd> {
  const { identity, settings, context, signal, onReady, onOutage } = options;
  const { name: node, trust } = identity;
  const log: Log = (level, message, fields) => context.log(level, message, { node, ...fields });
  const ended = new AbortController();
  connection.closed().then((error) => {
    ended.abort(error === undefined ? "closed" : describeNatsError(error));
  });
  let isReady = false;
  watchLink(connection, settings.url, log, {
    ...UNOBSERVED,
    onOutage,
    onReturn() {
      if (isReady) onReady();
    },
  });
  await using store = await openFleetStore(connection);
  const end = await runNode({
    ...options,
    ...identity,
    store,
    trust: { keys: trust, verify: VERIFY },
    signal: AbortSignal.any([signal, ended.signal]),
    onReady() {
      isReady = true;
      onReady();
    },
    onOutage(reason) {
      isReady = false;
      onOutage(reason);
    },
  });
  if (ended.signal.aborted) {
    const reason = String(ended.signal.reason);
    onOutage(reason);
    log("error", "The NATS connection ended", { reason });
  }
  return end;
}
