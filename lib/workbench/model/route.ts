// The route of the page, in the fragment of its address: `#/quote-db/migrations/3`,
// `#/quote-db/data/quotes?page=2&sort=-id&where.author==Ada`. Pure; runs anywhere.

import { isPluginName } from "../../message/plugin_name.ts";
import { FIRST_ROWS, type TablePlace } from "./table_place.ts";

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
  /** `null` selects the first one. It may be a plugin that is not there. */
  readonly plugin: string | null;
  readonly view: View;
  /** The key of a step of the timeline; `null` selects a default. */
  readonly step: string | null;
  /** The table that Data shows; `null` selects the first one. */
  readonly table: string | null;
  /** Which rows of it are shown. */
  readonly rows: TablePlace;
  /** The statement that was run last at the prompt; empty if there is none. */
  readonly sql: string;
}

/** The initial route. */
export const START: Route = {
  plugin: null,
  view: "migrations",
  step: null,
  table: null,
  rows: FIRST_ROWS,
  sql: "",
};

/** The most characters of a statement in an address; a longer one is not in it. */
export const MAX_ADDRESS_SQL = 2_000;

// A version, a file name, or a table. None that the page shows is longer.
const NAME = /^[^\p{Cc}]{1,200}$/u;
const MAX_FILTERS = 50;
const MAX_PAGE = 1_000_000_000;
const FILTER = "where.";

/** Reads an address. Ignores its invalid parts, but keeps a plugin that may not be there. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [plugin = "", view = "", name = ""] = path.split("/").map(decode);
  if (!NAME.test(plugin)) return START;
  const shown = VIEWS.find((each) => each === view) ?? "migrations";
  const named = NAME.test(name) ? name : null;
  const route = { ...START, plugin, view: shown };
  if (shown === "migrations") return { ...route, step: named };
  return shown === "data" ? { ...route, table: named, ...parseQuery(query) } : route;
}

/** Writes an address that `parseRoute()` reads. A view's address has what that view shows. */
export function formatRoute({ plugin, view, step, table, rows, sql }: Route): string {
  if (plugin === null) return "#/";
  const name = view === "migrations" ? step : view === "data" ? table : null;
  const parts = name === null ? [plugin, view] : [plugin, view, name];
  const query = view === "data" ? formatQuery(rows, sql) : "";
  return `#/${parts.map(encodeURIComponent).join("/")}${query === "" ? "" : `?${query}`}`;
}

/** The route with what the address of its view leaves out, which stays while a plugin is shown. */
export function withKept(route: Route, before: Route): Route {
  if (route.plugin !== before.plugin) return route;
  const { step, table, rows, sql } = before;
  return {
    ...route,
    ...(route.view === "migrations" ? {} : { step }),
    ...(route.view === "data" ? {} : { table, rows, sql }),
  };
}

/**
 * Whether Back should lead from one route to the other: another plugin, view or table. The first
 * table may be shown without its name.
 */
export function isElsewhere(one: Route, other: Route): boolean {
  return one.plugin !== other.plugin || one.view !== other.view ||
    (one.view === "data" && one.table !== null && one.table !== other.table);
}

/** Whether a route names a plugin that can exist. */
export function namesPlugin({ plugin }: Route): boolean {
  return plugin !== null && isPluginName(plugin);
}

function parseQuery(query: string): Pick<Route, "rows" | "sql"> {
  const fields = new URLSearchParams(query);
  const page = Number(fields.get("page") ?? "1");
  const sort = fields.get("sort") ?? "";
  const column = sort.replace(/^-/, "");
  const filters = [...fields]
    .filter(([name, text]) => name.startsWith(FILTER) && NAME.test(name) && NAME.test(text))
    .slice(0, MAX_FILTERS)
    .map(([name, text]) => [name.slice(FILTER.length), text] as const);
  const sql = fields.get("sql") ?? "";
  return {
    rows: {
      page: Number.isInteger(page) && page >= 1 && page <= MAX_PAGE ? page - 1 : 0,
      order: NAME.test(column)
        ? { column, direction: sort.startsWith("-") ? "descending" : "ascending" }
        : null,
      filters: new Map(filters),
    },
    sql: sql.length <= MAX_ADDRESS_SQL ? sql : "",
  };
}

function formatQuery({ page, order, filters }: TablePlace, sql: string): string {
  const fields = new URLSearchParams();
  if (page > 0) fields.set("page", String(page + 1));
  if (order !== null) {
    fields.set("sort", `${order.direction === "descending" ? "-" : ""}${order.column}`);
  }
  for (const [column, text] of filters) fields.set(`${FILTER}${column}`, text);
  if (sql !== "" && sql.length <= MAX_ADDRESS_SQL) fields.set("sql", sql);
  return fields.toString();
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
