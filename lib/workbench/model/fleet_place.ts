// The address of the fleet view, `#/-/fleet?plugin=quote-db&behind`: no plugin's name begins with a
// hyphen. Pure; runs anywhere.

import type { FleetRow } from "../../fleet/fleet_table.ts";

/** Which rows of the fleet are shown. */
export interface FleetPlace {
  /** `null` shows every plugin. */
  readonly plugin: string | null;
  /** Whether rows are left out that have nothing pending. */
  readonly isBehind: boolean;
  /** A part of the names of nodes, or of their labels; empty shows all. */
  readonly find: string;
}

/** Every row. */
export const WHOLE_FLEET: FleetPlace = { plugin: null, isBehind: false, find: "" };

const ADDRESS = "#/-/fleet";
const MAX_TEXT = 200;

/** Reads an address; `null` if it is that of another view. */
export function parseFleetPlace(hash: string): FleetPlace | null {
  const [path = "", query = ""] = hash.split(/\?(.*)/s);
  if (path !== ADDRESS) return null;
  const fields = new URLSearchParams(query);
  return {
    plugin: fields.get("plugin")?.slice(0, MAX_TEXT) || null,
    isBehind: fields.has("behind"),
    find: fields.get("find")?.slice(0, MAX_TEXT) ?? "",
  };
}

/** Writes an address that `parseFleetPlace()` reads. */
export function formatFleetPlace({ plugin, isBehind, find }: FleetPlace): string {
  const fields = new URLSearchParams();
  if (plugin !== null) fields.set("plugin", plugin);
  if (find !== "") fields.set("find", find);
  const query = [fields.toString(), isBehind ? "behind" : ""].filter((part) => part !== "");
  return query.length === 0 ? ADDRESS : `${ADDRESS}?${query.join("&")}`;
}

/** The rows that a place shows. */
export function shownRows(
  rows: readonly FleetRow[],
  { plugin, isBehind, find }: FleetPlace,
): readonly FleetRow[] {
  const wanted = find.trim().toLowerCase();
  return rows.filter((row) =>
    (plugin === null || row.plugin === plugin) && (!isBehind || row.behind > 0) &&
    (wanted === "" || textOf(row).includes(wanted))
  );
}

function textOf({ node, labels }: FleetRow): string {
  const pairs = Object.entries(labels).map((pair) => pair.join("="));
  return [node, ...pairs].join(" ").toLowerCase();
}
