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

// Pages are told of changes, and read again; a page that shows none does not.
const IDLE_MS = 60_000;
// Many nodes report at the same time.
const GATHER_MS = 250;

/** A copy of the fleet's state that follows it. */
interface Followed {
  readonly view: FleetView;
  readonly rollouts: FollowedKeys<RolloutRecord>;
  readonly reports: FollowedKeys<NodeReport>;
  readonly presence: FollowedKeys<Claim>;
  end(): Promise<void>;
}

/** Connects when it is read first. `onChange` is called after changes, until it is not read. */
export function tabFleet(choice: NatsChoice, onChange: () => void): TabFleet {
  let following: Promise<Followed> | null = null;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  const changed = (): void => {
    gathering ??= setTimeout(() => {
      gathering = undefined;
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
      following ??= follow(choice, changed);
      try {
        return { ok: true, value: readingOf(await following) };
      } catch (error) {
        following = null;
        return error instanceof FleetStoreError
          ? { ok: false, code: error.code, message: error.message }
          : { ok: false, code: "unavailable", message: describeNatsError(error) };
      }
    },
  };
}

async function follow(choice: NatsChoice, onChange: () => void): Promise<Followed> {
  const { fleet } = choice;
  // A node may have no other inbox.
  const inbox = fleet === undefined ? {} : { inboxPrefix: `_INBOX.${fleet.node}` };
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
  try {
    const rollouts = keep(await view.rollouts.follow(">", onChange));
    const reports = keep(await view.reports.follow("*.*", onChange));
    const presence = keep(await view.presence.follow("*", onChange));
    return { view, rollouts, reports, presence, end };
  } catch (error) {
    await end();
    throw error;
  }
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
