// The nodes of a fleet with their versions, and its rollouts. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { FleetReading, SandboxState } from "../../browser/sandbox.ts";
import type { Outcome } from "../../outcome.ts";
import { type FleetPlace, shownRows, WHOLE_FLEET } from "../model/fleet_place.ts";
import { describeNodes } from "../model/fleet_words.ts";
import { count } from "../model/words.ts";
import { showFleet } from "../state/fleet.ts";
import { useStore } from "../state/store_context.ts";
import { FleetTable } from "./fleet_table.tsx";
import { RolloutPanel } from "./rollout_panel.tsx";

/** The fleet on the NATS server, or why there is none to show. */
export function FleetView({ place }: { readonly place: FleetPlace }): JSX.Element {
  const store = useStore();
  const { nats } = store.state.value;
  const reading = store.fleet.value;
  const why = whyNothing(nats, reading);
  return (
    <>
      <header class="plugin-head">
        <h2 class="plugin-title">Fleet</h2>
        <p class="quiet" role="status">
          {reading?.ok === true && reading.value.rows.length > 0
            ? describeNodes(reading.value.rows)
            : ""}
          {nats.kind === "offline" && " · as last seen: the server is away"}
        </p>
      </header>
      {why !== null && <Nothing why={why} />}
      {why === null && reading?.ok === true && <Nodes fleet={reading.value} place={place} />}
    </>
  );
}

/** Why nothing is shown, and what can be done. */
interface Why {
  readonly title: string;
  readonly text: string;
  /** Whether the connection is where it can be mended. */
  readonly isOfNats: boolean;
}

function whyNothing(
  nats: SandboxState["nats"],
  reading: Outcome<FleetReading> | null,
): Why | null {
  if (reading?.ok === true && reading.value.rows.length === 0) {
    return {
      title: "No node has a database",
      text: "Start nodes with: godwit serve --fleet --node NAME",
      isOfNats: false,
    };
  }
  if (reading?.ok === true) return null;
  if (nats.kind !== "online") {
    const text = nats.kind === "off" || nats.kind === "standby"
      ? "The fleet is on a NATS server with JetStream. Connect to it first."
      : nats.kind === "connecting"
      ? `Connecting to ${nats.url} …`
      : nats.reason;
    return { title: "Not connected to NATS", text, isOfNats: true };
  }
  if (reading === null) return { title: "Reading the fleet …", text: "", isOfNats: false };
  return {
    title: PROBLEMS[reading.code ?? ""] ?? "The fleet cannot be read",
    text: reading.message,
    isOfNats: reading.code === "forbidden",
  };
}

const PROBLEMS: Readonly<Record<string, string>> = {
  "no-jetstream": "The server has no JetStream",
  "no-bucket": "There is no fleet on this server",
  "forbidden": "This login may not read the fleet",
};

function Nothing({ why: { title, text, isOfNats } }: { readonly why: Why }): JSX.Element {
  const store = useStore();
  return (
    <section class="welcome" role="status">
      <h3>{title}</h3>
      <p>{text}</p>
      {isOfNats && (
        <button
          type="button"
          class="button"
          onClick={() => store.isNatsOpen.value = true}
        >
          Open the connection
        </button>
      )}
    </section>
  );
}

// More rows take longer to draw than a person reads.
const ROWS_AT_ONCE = 200;

function Nodes(
  { fleet, place }: { readonly fleet: FleetReading; readonly place: FleetPlace },
): JSX.Element {
  const store = useStore();
  const most = useSignal(ROWS_AT_ONCE);
  const change = (part: Partial<FleetPlace>): void => showFleet(store, { ...place, ...part });
  const plugins = [...new Set(fleet.rows.map(({ plugin }) => plugin))];
  const rows = shownRows(fleet.rows, place);
  const behind = rows.filter((row) => row.behind > 0).length;
  const rollouts = fleet.rollouts.filter(({ plugin }) =>
    place.plugin === null || plugin === place.plugin
  );
  return (
    <>
      <section aria-labelledby="nodes-heading">
        <div class="section-bar">
          <h3 id="nodes-heading" class="section-heading">Nodes</h3>
          <label class="check">
            Plugin
            <select
              class="small-field"
              value={place.plugin ?? ""}
              onChange={(event) => change({ plugin: event.currentTarget.value || null })}
            >
              <option value="">All</option>
              {place.plugin !== null && !plugins.includes(place.plugin) && (
                <option value={place.plugin}>{place.plugin}</option>
              )}
              {plugins.map((plugin) => <option key={plugin} value={plugin}>{plugin}</option>)}
            </select>
          </label>
          <input
            type="search"
            class="small-field"
            aria-label="Find a node or a label"
            placeholder="Find a node or a label"
            value={place.find}
            onInput={(event) => change({ find: event.currentTarget.value })}
          />
          <label class="check">
            <input
              type="checkbox"
              checked={place.isBehind}
              onChange={(event) => change({ isBehind: event.currentTarget.checked })}
            />
            Behind
          </label>
        </div>
        <p class="quiet" role="status">
          {`${count(rows.length, "row")}, ${behind} behind`}
        </p>
        {rows.length === 0
          ? (
            <p class="quiet">
              No row matches.{" "}
              <button
                type="button"
                class="link"
                onClick={() => showFleet(store, WHOLE_FLEET)}
              >
                Show all
              </button>
            </p>
          )
          : <FleetTable rows={rows.slice(0, most.value)} />}
        {rows.length > most.value && (
          <button
            type="button"
            class="button"
            onClick={() => most.value += ROWS_AT_ONCE}
          >
            Show more
          </button>
        )}
      </section>
      {rollouts.map((rollout) => <RolloutPanel key={rollout.plugin} rollout={rollout} />)}
    </>
  );
}
