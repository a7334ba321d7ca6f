// The rows of the selected table, page by page: sorted, filtered, copied, edited. Runs in the
// browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { followKey } from "../model/followed_key.ts";
import { FILTER_HINT } from "../model/row_filter.ts";
import { FIRST_ROWS, nextOrder } from "../model/table_place.ts";
import { PAGE_ROWS, tableNamed } from "../model/table_query.ts";
import { count } from "../model/words.ts";
import { goTo } from "../state/navigate.ts";
import type { Browsing, ReadRows } from "../state/data_state.ts";
import { useStore } from "../state/store_context.ts";
import { CellBar } from "./cell_bar.tsx";
import { CopyRows } from "./copy_rows.tsx";
import { FilterRow } from "./filter_row.tsx";
import { type CellPlace, RowTable } from "./row_table.tsx";

/** The rows, or which table there is not. */
export function TableRows(): JSX.Element | null {
  const store = useStore();
  const browsing = store.browsing.value;
  const { plugin, table: named } = store.route.value;
  const table = store.table.value;
  if (browsing.schema?.ok !== true) return null;
  if (table === null) {
    return named === null ? null : (
      <p class="quiet" role="status">
        The database of {plugin} has no table {named}, which the address names
      </p>
    );
  }
  const { read } = browsing;
  return (
    <section class="browser-rows" aria-labelledby="rows-heading">
      <RowsBar table={table.name} browsing={browsing} />
      {read === null ? <p class="quiet">Reading …</p> : <Rows key={read.table} read={read} />}
    </section>
  );
}

function RowsBar(
  { table, browsing }: { readonly table: string; readonly browsing: Browsing },
): JSX.Element {
  const store = useStore();
  const { total, read } = browsing;
  const { rows: place } = store.route.value;
  const shown = read?.rows.ok === true ? read.rows.value.rows.length : 0;
  const first = place.page * PAGE_ROWS + 1;
  const isFiltered = place.filters.size > 0;
  const turn = (page: number): void => goTo(store, { table, rows: { ...place, page } });
  return (
    <div class="section-bar">
      <h3 id="rows-heading" class="section-heading">{table}</h3>
      <span class="quiet" role="status">
        {describeRows(total, first, shown)}
        {isFiltered && total !== null && " found"}
      </span>
      {isFiltered && (
        <button
          type="button"
          class="button button-small"
          onClick={() => goTo(store, { table, rows: { ...FIRST_ROWS, order: place.order } })}
        >
          Clear filters
        </button>
      )}
      <div class="row">
        <button
          type="button"
          class="button button-small"
          disabled={place.page === 0}
          onClick={() => turn(place.page - 1)}
        >
          Previous
        </button>
        <button
          type="button"
          class="button button-small"
          disabled={total === null || first + PAGE_ROWS > total}
          onClick={() => turn(place.page + 1)}
        >
          Next
        </button>
      </div>
    </div>
  );
}

function describeRows(total: number | null, first: number, shown: number): string {
  if (total === null) return "…";
  if (total <= PAGE_ROWS) return count(total, "row");
  const last = first + shown - 1;
  return `${first.toLocaleString("en")} to ${last.toLocaleString("en")} of ${count(total, "row")}`;
}

function Rows({ read }: { readonly read: ReadRows }): JSX.Element {
  const store = useStore();
  const cell = useSignal<CellPlace | null>(null);
  const { table: name, rows, key } = read;
  const { rows: place } = store.route.value;
  const { schema } = store.browsing.value;
  const table = schema?.ok === true ? tableNamed(schema.value, name) : null;
  if (!rows.ok) {
    return (
      <>
        <p class="problem-text" role="alert">{rows.message}</p>
        <button
          type="button"
          class="button button-small"
          onClick={() => goTo(store, { table: name, rows: FIRST_ROWS })}
        >
          Show all rows
        </button>
      </>
    );
  }
  const columns = key?.isRowid === true ? rows.value.columns.slice(0, -1) : rows.value.columns;
  const shown = { ...rows.value, columns };
  const { value } = cell;
  return (
    <>
      <RowTable
        rows={shown}
        label={`Rows of ${name}`}
        head={{
          typeOf: (column) => read.types.get(column) ?? "",
          order: place.order,
          onSort: (column) =>
            goTo(store, {
              table: name,
              rows: { ...place, page: 0, order: nextOrder(place.order, column) },
            }),
        }}
        filters={<FilterRow columns={columns} table={name} place={place} />}
        cell={value}
        onCell={(at) => cell.value = at}
        keyOf={(at) =>
          table === null || schema?.ok !== true ? null : followKey(
            schema.value,
            table,
            columns[at.column] ?? "",
            columns,
            rows.value.rows[at.row] ?? [],
          )}
      />
      <div class="section-bar rows-foot">
        <p class="quiet">{FILTER_HINT}</p>
        <CopyRows
          rows={{
            table: name,
            columns,
            rows: rows.value.rows.map((row) => row.slice(0, columns.length)),
          }}
        />
      </div>
      {value !== null && <CellBar read={read} table={table} columns={columns} cell={value} />}
    </>
  );
}
