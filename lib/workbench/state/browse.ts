// Reads tables page by page. Runs in the browser.

import { browsedTables, countQuery, PAGE_ROWS, pageQuery } from "../model/table_query.ts";
import { request } from "./request.ts";
import { EMPTY_PROMPT, NOT_BROWSING, type Store } from "./store.ts";

let latestPage = 0;

/** Resets the table browser, when another plugin is selected. */
export function stopBrowsing(store: Store): void {
  latestPage += 1;
  store.browsing.value = NOT_BROWSING;
  store.prompt.value = EMPTY_PROMPT;
}

/** Reads the schema and the current page again, if they are shown. */
export async function refreshBrowsing(store: Store): Promise<void> {
  const { plugin, view } = store.route.value;
  const sandbox = store.sandbox.value;
  if (sandbox === null || plugin === null) return;
  if (view !== "data") {
    // The view reads it when it is opened.
    store.browsing.value = { ...store.browsing.value, schema: null };
    return;
  }
  const [schema, listed] = await Promise.all([
    sandbox.schema(plugin),
    request(store, "backups", plugin, {}),
  ]);
  if (plugin !== store.route.value.plugin) return;
  const backups = listed.success
    ? { backups: listed.backups, backupsProblem: null }
    : { backups: [], backupsProblem: listed.message };
  const before = { ...store.browsing.value, ...backups };
  const tables = schema.ok ? browsedTables(schema.value) : [];
  const table = tables.find(({ name }) => name === before.table) ?? tables[0];
  store.browsing.value = table === undefined
    ? { ...NOT_BROWSING, schema, ...backups }
    : { ...before, schema, table: table.name };
  if (table !== undefined) {
    await showPage(store, table.name, table.name === before.table ? before.page : 0);
  }
}

/** Shows a page of a table. */
export async function showPage(store: Store, table: string, page: number): Promise<void> {
  const { plugin } = store.route.value;
  const sandbox = store.sandbox.value;
  const { schema, table: former, total } = store.browsing.value;
  if (sandbox === null || plugin === null || schema?.ok !== true) return;
  latestPage += 1;
  const own = latestPage;
  const isSame = table === former;
  store.browsing.value = {
    ...store.browsing.value,
    table,
    page,
    ...(isSame ? {} : { rows: null, total: null }),
  };
  const read = { access: "read" } as const;
  const rows = await sandbox.query(plugin, {
    ...read,
    sql: pageQuery(schema.value, table, page),
    limit: PAGE_ROWS,
  });
  if (own !== latestPage) return;
  store.browsing.value = { ...store.browsing.value, rows, total: isSame ? total : null };
  const counted = await sandbox.query(plugin, { ...read, sql: countQuery(table), limit: 1 });
  if (own !== latestPage || !counted.ok) return;
  store.browsing.value = {
    ...store.browsing.value,
    total: Number(counted.value.rows[0]?.[0] ?? 0),
  };
}
