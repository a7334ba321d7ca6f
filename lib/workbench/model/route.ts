// The route of the page, in the fragment of its address: `#/quote-db/migrations/3`. Pure; runs
// anywhere.

import { isPluginName } from "../../message/plugin_name.ts";

/** The views of a plugin. */
export const VIEWS = [
  "migrations",
  "data",
  "history",
  "playground",
  "schema",
  "messages",
  "page",
] as const;

/** A view of a plugin. */
export type View = (typeof VIEWS)[number];

/** A route of the page. */
export interface Route {
  /** `null` if no plugin is selected. */
  readonly plugin: string | null;
  readonly view: View;
  /** The key of a step of the timeline; `null` selects a default. */
  readonly step: string | null;
}

/** The initial route. */
export const START: Route = { plugin: null, view: "migrations", step: null };

// A version or a file name. No step has a longer key.
const STEP = /^[^/\p{Cc}]{1,200}$/u;

/** Reads an address. Ignores its invalid parts. */
export function parseRoute(hash: string): Route {
  const [plugin = "", view = "", step = ""] = hash.replace(/^#\/?/, "").split("/").map(decode);
  if (!isPluginName(plugin)) return START;
  return {
    plugin,
    view: VIEWS.find((each) => each === view) ?? "migrations",
    step: STEP.test(step) ? step : null,
  };
}

/** Writes an address that `parseRoute()` reads. */
export function formatRoute({ plugin, view, step }: Route): string {
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
