// The node that a tab is in a fleet: it takes part in the rollouts of its plugins. For browsers.

import { RECORD_FORMAT } from "../../fleet/rollout_record.ts";
import type { HandlerContext } from "../../handler/context.ts";
import { serveNode } from "../../nats/serve_node.ts";
import type { FollowChanges } from "../../rollout/fleet_node.ts";
import { type Outcome, reasonOf } from "../../outcome.ts";
import { identityOf } from "../nats_choice.ts";
import { databaseHome } from "../owner/database_home.ts";
import type { DirectoryHandle } from "../owner/directory_handle.ts";
import type { FleetNodeChoice, NatsChoice, NodeState } from "../sandbox.ts";
import { settingsOf } from "./nats_settings.ts";

/** What a node needs, and its callback. */
export interface TabNodeOptions {
  readonly context: HandlerContext;
  /** Where the databases are; `null` where they are in memory. */
  readonly directory: DirectoryHandle | null;
  readonly onState: (state: NodeState) => void;
  readonly followChanges: FollowChanges;
}

/** A node that takes part, or tries to. */
export interface TabNode {
  /** Stops between two databases, and gives the name back. */
  stop(): Promise<void>;
}

// A plugin has one database in a tab, and rollouts of several plugins take turns.
const PARALLEL = 1;
// Changes are followed, so this is for what happens to its reports. It asks the server of the page
// for its plugins each time.
const LOOK_AGAIN_MS = 60_000;

/** Takes part in rollouts until it is stopped. Reconnects by itself. */
export function startTabNode(
  choice: NatsChoice,
  fleet: FleetNodeChoice,
  { context, directory, onState, followChanges }: TabNodeOptions,
): TabNode {
  const { node } = fleet;
  const stop = new AbortController();
  const report = (state: NodeState): void => {
    if (!stop.signal.aborted) onState(state);
  };
  const serve = async (): Promise<void> => {
    const home = await homeOf(directory);
    if (!home.ok) return report({ kind: "refused", node, reason: home.message });
    const end = await serveNode({
      identity: identityOf(fleet),
      settings: settingsOf(choice),
      context,
      claim: { format: RECORD_FORMAT, process: crypto.randomUUID(), home: home.value },
      parallel: PARALLEL,
      lookAgainMs: LOOK_AGAIN_MS,
      followChanges,
      signal: stop.signal,
      onReady: () => report({ kind: "joined", node }),
      onOutage: (reason) => report({ kind: "joining", node, reason }),
    });
    if (end.kind === "refused") report({ kind: "refused", node, reason: end.message });
  };
  report({ kind: "joining", node, reason: null });
  const ended = serve().catch((error: unknown) => {
    const reason = reasonOf(error);
    context.log("error", "The node ended", { node, reason });
    report({ kind: "refused", node, reason });
  });
  return {
    async stop() {
      stop.abort();
      await ended;
    },
  };
}

async function homeOf(directory: DirectoryHandle | null): Promise<Outcome<string>> {
  const refuse = (message: string): Outcome<string> => ({ ok: false, code: "no-home", message });
  if (directory === null) {
    return refuse(
      "the databases of this tab are in memory, and lost when it closes; open it where the " +
        "browser stores files",
    );
  }
  try {
    return { ok: true, value: await databaseHome(directory) };
  } catch (error) {
    return refuse(`the id of its databases cannot be stored: ${reasonOf(error)}`);
  }
}
