// Tables and views, and the rows of the selected one, page by page. Runs in the browser.

import type { JSX } from "preact";
import { browsedTables, PAGE_ROWS } from "../model/table_query.ts";
import { count } from "../model/words.ts";
import { showPage } from "../state/browse.ts";
import type { Browsing } from "../state/store.ts";
import { useStore } from "../state/store_context.ts";
import { RowTable } from "./row_table.tsx";

/** The table browser. It is read-only. */
export function TableBrowser(): JSX.Element {
  const store = useStore();
  const browsing = store.browsing.value;
  const { schema, table } = browsing;
  const tables = schema?.ok === true ? browsedTables(schema.value) : [];
  return (
    <section class="browser" aria-labelledby="tables-heading">
      <div class="browser-tables">
        <h3 id="tables-heading" class="section-heading">Tables</h3>
        {schema === null && <p class="quiet">Reading …</p>}
        {schema?.ok === false && <p class="problem-text">{schema.message}</p>}
        {schema?.ok === true && tables.length === 0 && (
          <p class="quiet">No tables yet; apply a migration first</p>
        )}
        <ul class="table-list">
          {tables.map(({ name, kind }) => (
            <li key={name}>
              <button
                type="button"
                class="table-item"
                aria-current={name === table ? "true" : undefined}
                onClick={() => void showPage(store, name, 0)}
              >
                {name}
                {kind !== "table" && <span class="quiet">{kind}</span>}
              </button>
            </li>
          ))}
        </ul>
      </div>
      {table !== null && <Rows browsing={browsing} table={table} />}
    </section>
  );
}

function Rows(
  { browsing, table }: { readonly browsing: Browsing; readonly table: string },
): JSX.Element {
  const store = useStore();
  const { rows, total, page } = browsing;
  const shown = rows?.ok === true ? rows.value.rows.length : 0;
  const first = page * PAGE_ROWS + 1;
  return (
    <div class="browser-rows">
      <div class="section-bar">
        <h4 class="section-heading">{table}</h4>
        <span class="quiet" role="status">
          {total === null
            ? "…"
            : total > PAGE_ROWS
            ? `${first.toLocaleString("en")} to ${(first + shown - 1).toLocaleString("en")} of ${
              count(total, "row")
            }`
            : count(total, "row")}
        </span>
        <div class="row">
          <button
            type="button"
            class="button button-small"
            disabled={page === 0}
            onClick={() => void showPage(store, table, page - 1)}
          >
            Previous
          </button>
          <button
            type="button"
            class="button button-small"
            disabled={total === null || first + PAGE_ROWS > total}
            onClick={() => void showPage(store, table, page + 1)}
          >
            Next
          </button>
        </div>
      </div>
      {rows?.ok === false && <p class="problem-text">{rows.message}</p>}
      {rows?.ok === true && <RowTable rows={rows.value} label={`Rows of ${table}`} />}
    </div>
  );
}
