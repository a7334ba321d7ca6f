// A filter below the head of each column. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type TablePlace, withFilter } from "../model/table_place.ts";
import { goTo } from "../state/navigate.ts";
import { useStore } from "../state/store_context.ts";

interface FilterRowProps {
  readonly table: string;
  readonly columns: readonly string[];
  readonly place: TablePlace;
}

const DEBOUNCE_MS = 250;

/** The filters, which apply when typing pauses. */
export function FilterRow({ table, columns, place }: FilterRowProps): JSX.Element {
  return (
    <tr class="filter-row">
      {columns.map((column, index) => (
        <td key={`${index} ${column}`}>
          <Filter table={table} column={column} place={place} />
        </td>
      ))}
    </tr>
  );
}

function Filter(
  { table, column, place }: Pick<FilterRowProps, "table" | "place"> & { readonly column: string },
): JSX.Element {
  const store = useStore();
  const present = place.filters.get(column) ?? "";
  const text = useSignal(present);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    text.value = present;
  }, [present]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const apply = (): void => {
    clearTimeout(timer.current);
    if (text.value === present) return;
    const { rows } = store.route.peek();
    goTo(store, { table, rows: withFilter(rows, column, text.value) });
  };
  return (
    <input
      type="text"
      value={text.value}
      placeholder="Filter"
      aria-label={`Filter ${column}`}
      autocomplete="off"
      spellcheck={false}
      maxLength={200}
      onInput={(event) => {
        text.value = event.currentTarget.value;
        clearTimeout(timer.current);
        timer.current = setTimeout(apply, DEBOUNCE_MS);
      }}
      onKeyDown={(event) => event.key === "Enter" && apply()}
    />
  );
}
