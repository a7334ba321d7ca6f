// Reads the rows of a table page by page, and counts them. Runs in the browser.

import type { Sandbox } from "../../browser/sandbox.ts";
import type { Schema } from "../../sqlite/schema.ts";
import { FIRST_ROWS } from "../model/table_place.ts";
import {
  browsedTables,
  countQuery,
  PAGE_ROWS,
  pageQuery,
  tableNamed,
  viewTypesQuery,
} from "../model/table_query.ts";
import { request } from "./request.ts";
import { NOT_BROWSING } from "./data_state.ts";
import { type Store, withEntry } from "./store.ts";

// Ascending, so that the answer to an older question is dropped.
let latest = 0;
/** The count that runs, which would keep the next question waiting. */
let counting: string | null = null;

/** Resets the table browser, when another plugin is selected. */
export function stopBrowsing(store: Store): void {
  latest += 1;
  stopCounting(store);
  store.browsing.value = NOT_BROWSING;
}

/** Reads the schema, the backups and the rows again, if they are shown. */
export async function refreshBrowsing(store: Store): Promise<void> {
  const { plugin, view } = store.route.peek();
  const sandbox = store.sandbox.peek();
  if (sandbox === null || plugin === null) return;
  stopCounting(store);
  if (view !== "data") {
    // The view reads it when it is opened.
    store.browsing.value = { ...store.browsing.peek(), schema: null };
    return;
  }
  const schema = await sandbox.schema(plugin);
  if (plugin !== store.route.peek().plugin) return;
  store.browsing.value = { ...store.browsing.peek(), schema, counts: new Map() };
  // The rows first: the database answers one question at a time.
  const own = await read(store, sandbox, plugin);
  const listed = await request(store, "backups", plugin, {});
  if (plugin !== store.route.peek().plugin) return;
  store.browsing.value = {
    ...store.browsing.peek(),
    backups: listed.success ? listed.backups : [],
    backupsProblem: listed.success ? null : listed.message,
  };
  await countRows(store, sandbox, plugin, own);
}

/** Reads the rows of the route, unless they are shown. */
export async function showRows(store: Store): Promise<void> {
  const { plugin, rows: place } = store.route.peek();
  const sandbox = store.sandbox.peek();
  const table = store.table.peek();
  const shown = store.browsing.peek().read;
  if (sandbox === null || plugin === null) return;
  if (shown?.table === table?.name && shown?.place === place) return;
  stopCounting(store);
  await countRows(store, sandbox, plugin, await read(store, sandbox, plugin));
}

/** Reads a page of rows. Returns the number of this question, to count what it is about. */
async function read(store: Store, sandbox: Sandbox, plugin: string): Promise<number> {
  latest += 1;
  const own = latest;
  const table = store.table.peek()?.name ?? null;
  const { schema, read: former, total, counts } = store.browsing.peek();
  const place = store.route.peek().rows;
  if (table === null || schema?.ok !== true) {
    store.browsing.value = { ...store.browsing.peek(), read: null, total: null };
    return own;
  }
  const isSame = former?.table === table && former.place.filters === place.filters &&
    counts.size > 0;
  const known = isSame ? total : place.filters.size === 0 ? counts.get(table) ?? null : null;
  if (former !== null && former.table !== table) {
    store.browsing.value = { ...store.browsing.peek(), read: null, total: known };
  }
  const { sql, key } = pageQuery(schema.value, table, place);
  const rows = await sandbox.query(plugin, { access: "read", sql, limit: PAGE_ROWS });
  if (own !== latest) return own;
  const types = former?.table === table && isSame
    ? former.types
    : await typesOf(sandbox, plugin, schema.value, table);
  if (own !== latest) return own;
  const found = { table, place, rows, key, types };
  store.browsing.value = { ...store.browsing.peek(), read: found, total: known };
  return own;
}

/** Counts the rows that were read, and then the tables, unless something else is shown by now. */
async function countRows(
  store: Store,
  sandbox: Sandbox,
  plugin: string,
  own: number,
): Promise<void> {
  const { read, total } = store.browsing.peek();
  if (own !== latest || read?.rows.ok !== true) return;
  if (total === null) await countShown(store, sandbox, plugin, own);
  await countTables(store, sandbox, plugin, own);
}

async function typesOf(
  sandbox: Sandbox,
  plugin: string,
  schema: Schema,
  name: string,
): Promise<ReadonlyMap<string, string>> {
  const table = tableNamed(schema, name);
  if (table !== null) return new Map(table.columns.map((column) => [column.name, column.type]));
  const sql = viewTypesQuery(name);
  const types = await sandbox.query(plugin, { access: "read", sql, limit: 10_000 });
  return new Map(
    types.ok ? types.value.rows.map(([column, type]) => [String(column), String(type)]) : [],
  );
}

async function countShown(
  store: Store,
  sandbox: Sandbox,
  plugin: string,
  own: number,
): Promise<void> {
  const shown = store.browsing.peek().read;
  if (shown === null) return;
  const { table, place } = shown;
  const total = await count(sandbox, plugin, countQuery(table, place));
  if (own !== latest || total === null) return;
  const { counts } = store.browsing.peek();
  const isWhole = place.filters.size === 0;
  store.browsing.value = {
    ...store.browsing.peek(),
    total,
    counts: isWhole ? withEntry(counts, table, total) : counts,
  };
}

/** Counts the other tables, one after the other. A view may take long, and waits until it is shown. */
async function countTables(
  store: Store,
  sandbox: Sandbox,
  plugin: string,
  own: number,
): Promise<void> {
  const { schema } = store.browsing.peek();
  const tables = schema?.ok === true ? browsedTables(schema.value) : [];
  for (const { name, kind } of tables) {
    if (own !== latest) return;
    if (kind !== "table" || store.browsing.peek().counts.has(name)) continue;
    const rows = await count(sandbox, plugin, countQuery(name, FIRST_ROWS));
    if (own !== latest || rows === null) return;
    const { counts } = store.browsing.peek();
    store.browsing.value = { ...store.browsing.peek(), counts: withEntry(counts, name, rows) };
  }
}

async function count(sandbox: Sandbox, plugin: string, sql: string): Promise<number | null> {
  const id = crypto.randomUUID();
  counting = id;
  const counted = await sandbox.query(plugin, { access: "read", sql, limit: 1, id });
  if (counting === id) counting = null;
  return counted.ok ? Number(counted.value.rows[0]?.[0] ?? 0) : null;
}

/**
 * Ends a count, because a question of the user would wait for it. Without shared memory, ending it
 * would end the thread of the database, which takes longer than most counts.
 */
export function stopCounting(store: Store): void {
  if (counting === null || !crossOriginIsolated) return;
  void store.sandbox.peek()?.stopQuery(counting);
  counting = null;
}
