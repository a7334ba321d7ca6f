// The tables and views of a plugin, with the number of their rows. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { FIRST_ROWS } from "../model/table_place.ts";
import { browsedTables } from "../model/table_query.ts";
import { goTo } from "../state/navigate.ts";
import { useStore } from "../state/store_context.ts";

// More do not fit beside the prompt.
const MOST_WITHOUT_SEARCH = 12;

/** A list that scrolls in its own box; a long one can be searched. */
export function TableList(): JSX.Element {
  const store = useStore();
  const query = useSignal("");
  const { schema, counts } = store.browsing.value;
  const tables = schema?.ok === true ? browsedTables(schema.value) : [];
  const wanted = query.value.trim().toLowerCase();
  const found = tables.filter(({ name }) => name.toLowerCase().includes(wanted));
  const shown = store.table.value?.name;
  return (
    <section class="browser-tables" aria-labelledby="tables-heading">
      <h3 id="tables-heading" class="section-heading">Tables</h3>
      {schema === null && <p class="quiet">Reading …</p>}
      {schema?.ok === false && <p class="problem-text">{schema.message}</p>}
      {schema?.ok === true && tables.length === 0 && (
        <p class="quiet">No tables yet; apply a migration first</p>
      )}
      {tables.length > MOST_WITHOUT_SEARCH && (
        <input
          type="search"
          class="table-search"
          aria-label="Find a table"
          placeholder="Find a table"
          value={query.value}
          onInput={(event) => query.value = event.currentTarget.value}
        />
      )}
      <ul class="table-list">
        {found.map(({ name, kind }) => (
          <li key={name}>
            <button
              type="button"
              class="table-item"
              aria-current={name === shown ? "true" : undefined}
              onClick={() =>
                goTo(
                  store,
                  { table: name, rows: FIRST_ROWS },
                  name === shown ? "by-place" : "new-entry",
                )}
            >
              <span class="table-name">{name}</span>
              <span class="quiet">
                {kind === "table" ? counts.get(name)?.toLocaleString("en") ?? "" : kind}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {tables.length > 0 && found.length === 0 && (
        <p class="quiet" role="status">No table matches</p>
      )}
    </section>
  );
}
