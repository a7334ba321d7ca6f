// Where on the page somebody is, in the address: `#/quote-db/migrations/3`. Pure; runs anywhere.

import { isPluginName } from "../../message/plugin_name.ts";

/** The views of a plugin. */
export const VIEWS = ["migrations", "data", "playground", "messages", "page"] as const;

/** A view of a plugin. */
export type View = (typeof VIEWS)[number];

/** A place on the page. */
export interface Place {
  /** `null` while no plugin is chosen. */
  readonly plugin: string | null;
  readonly view: View;
  /** The key of a step of the timeline; `null` lets the page choose. */
  readonly step: string | null;
}

/** Where the page begins. */
export const START: Place = { plugin: null, view: "migrations", step: null };

// A version, or the name of a file; longer ones are no step's.
const STEP = /^[^/\p{Cc}]{1,200}$/u;

/** Reads an address; whatever is not valid in it is left out. */
export function parsePlace(hash: string): Place {
  const [plugin = "", view = "", step = ""] = hash.replace(/^#\/?/, "").split("/").map(decode);
  if (!isPluginName(plugin)) return START;
  return {
    plugin,
    view: VIEWS.find((each) => each === view) ?? "migrations",
    step: STEP.test(step) ? step : null,
  };
}

/** Writes an address that `parsePlace()` reads. */
export function formatPlace({ plugin, view, step }: Place): string {
  if (plugin === null) return "#/";
  const parts = step === null ? [plugin, view] : [plugin, view, step];
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
