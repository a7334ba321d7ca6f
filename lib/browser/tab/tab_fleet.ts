// The fleet on a tab's NATS server, read for pages: on a connection of its own, while pages read it.
// For browsers.

import { type Claim, FleetStoreError, type FollowedKeys } from "../../fleet/fleet_store.ts";
import { fleetRows } from "../../fleet/fleet_table.ts";
import type { NodeReport } from "../../fleet/node_report.ts";
import { overviewOf } from "../../fleet/overview.ts";
import type { RolloutRecord } from "../../fleet/rollout_record.ts";
import { seenNodes } from "../../fleet/seen_nodes.ts";
import { connectOnce, describeNatsError } from "../../nats/connection.ts";
import { type FleetView, viewFleet } from "../../nats/fleet_store.ts";
import { nodeInbox } from "../../nats/inboxes.ts";
import type { Outcome } from "../../outcome.ts";
import type { FleetReading, NatsChoice, RolloutReading } from "../sandbox.ts";
import { settingsOf } from "./nats_settings.ts";

/** A fleet that can be read. */
export interface TabFleet {
  /** Reads it as it is now, and follows it from then on. */
  read(): Promise<Outcome<FleetReading>>;
  /** Disconnects. */
  stop(): Promise<void>;
}

// A page that shows the fleet reads it again after each change.
const IDLE_MS = 60_000;
// Many nodes report at the same time.
const GATHER_MS = 250;

/** A copy of the fleet's state that follows it. */
interface Followed {
  readonly view: FleetView;
  readonly rollouts: FollowedKeys<RolloutRecord>;
  readonly reports: FollowedKeys<NodeReport>;
  readonly presence: FollowedKeys<Claim>;
  /** Whether it is connected, or will be again. */
  isOpen(): boolean;
  end(): Promise<void>;
}

/** Connects when it is read first. `onChange` is called after changes, until it is not read. */
export function tabFleet(choice: NatsChoice, onChange: () => void): TabFleet {
  let following: Promise<Followed> | null = null;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let known = "";
  const changed = (followed: Followed): void => {
    gathering ??= setTimeout(() => {
      gathering = undefined;
      // Nodes renew their presence every few seconds.
      const now = JSON.stringify(outcomeOf(followed));
      if (now === known) return;
      known = now;
      onChange();
    }, GATHER_MS);
  };
  const stop = async (): Promise<void> => {
    clearTimeout(idle);
    clearTimeout(gathering);
    gathering = undefined;
    const before = following;
    following = null;
    const followed = await before?.catch(() => null);
    await followed?.end();
  };
  return {
    stop,
    async read() {
      clearTimeout(idle);
      idle = setTimeout(() => void stop(), IDLE_MS);
      const own = following ??= follow(choice, changed);
      try {
        const followed = await own;
        const outcome = outcomeOf(followed);
        // The next reading connects again.
        if (!followed.isOpen() && following === own) await stop();
        return outcome;
      } catch (error) {
        if (following === own) following = null;
        return { ok: false, ...problemOf(error) };
      }
    },
  };
}

async function follow(
  choice: NatsChoice,
  onChange: (followed: Followed) => void,
): Promise<Followed> {
  const { fleet } = choice;
  // A node may have no other inbox.
  const inbox = fleet === undefined ? {} : { inboxPrefix: nodeInbox(fleet.node) };
  const connection = await connectOnce({ ...settingsOf(choice), ...inbox });
  const view = await viewFleet(connection);
  const opened: AsyncDisposable[] = [view];
  const end = async (): Promise<void> => {
    for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
  };
  const keep = <T extends AsyncDisposable>(followed: T): T => {
    opened.push(followed);
    return followed;
  };
  let followed: Followed | null = null;
  const changed = (): void => {
    if (followed !== null) onChange(followed);
  };
  try {
    const rollouts = keep(await view.rollouts.follow(">", changed));
    const reports = keep(await view.reports.follow("*.*", changed));
    const presence = keep(await view.presence.follow("*", changed));
    followed = { view, rollouts, reports, presence, isOpen: () => !connection.isClosed(), end };
    connection.closed().then(changed);
    return followed;
  } catch (error) {
    await end();
    throw error;
  }
}

/** What was followed, or why it is not followed any more. */
function outcomeOf(followed: Followed): Outcome<FleetReading> {
  const { rollouts, reports, presence } = followed;
  const problem = rollouts.problem ?? reports.problem ?? presence.problem;
  if (problem !== null) return { ok: false, ...problemOf(problem) };
  return followed.isOpen()
    ? { ok: true, value: readingOf(followed) }
    : { ok: false, code: "unavailable", message: "The connection to NATS has ended" };
}

function problemOf(error: unknown): { readonly code: string; readonly message: string } {
  return error instanceof FleetStoreError
    ? { code: error.code, message: error.message }
    : { code: "unavailable", message: describeNatsError(error) };
}

function readingOf({ view, rollouts, reports, presence }: Followed): FleetReading {
  // The server removes entries that were not renewed, and says nothing of it.
  const nowMs = Math.max(0, ...[...presence.entries.values()].map(({ storedMs }) => storedMs));
  const nodes = seenNodes(reports, presence, nowMs, view);
  const records = [...rollouts.entries.values()].map(({ value }) => value);
  return {
    rows: fleetRows(nodes, records),
    rollouts: records.map((record): RolloutReading => {
      const { plugin, target_version, started_by, state: { phase, why } } = record;
      const own = nodes.filter(({ report }) => report.plugin === plugin);
      return { plugin, target_version, started_by, phase, why, ...overviewOf(record, own) };
    }).sort((one, other) => one.plugin < other.plugin ? -1 : 1),
  };
}
