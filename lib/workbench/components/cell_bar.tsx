// The selected cell: its whole value, and what can be done with it. Runs in the browser.

import type { JSX } from "preact";
import type { Table } from "../../sqlite/schema.ts";
import { formatCell } from "../model/cell.ts";
import { inputFor } from "../model/cell_edit.ts";
import { rowCondition } from "../model/table_query.ts";
import { copyText } from "../state/copy.ts";
import type { EditedCell, ReadRows } from "../state/data_state.ts";
import { useStore } from "../state/store_context.ts";
import type { CellPlace } from "./row_table.tsx";

interface CellBarProps {
  readonly read: ReadRows;
  /** `null` for a view. */
  readonly table: Table | null;
  readonly columns: readonly string[];
  readonly cell: CellPlace;
}

/** Below the table, so that it can be reached without a mouse. */
export function CellBar({ read, table, columns, cell }: CellBarProps): JSX.Element {
  const store = useStore();
  const row = read.rows.ok ? read.rows.value.rows[cell.row] ?? [] : [];
  const column = columns[cell.column] ?? "";
  const value = row[cell.column] ?? null;
  const { text, full } = formatCell(value);
  const edited = editedCell(read, table, column, row, cell);
  const { mayWrite } = store.prompt.value;
  return (
    <div class="cell-bar" role="group" aria-label="Selected cell">
      <p class="cell-value">
        <strong>{column}</strong>
        <span class="mono">{full ?? text}</span>
      </p>
      <div class="row">
        {typeof value !== "object" && (
          <button
            type="button"
            class="button button-small"
            onClick={() => void copyText(store, String(value), "the value")}
          >
            Copy value
          </button>
        )}
        {typeof edited === "string" ? <p class="quiet">{edited}</p> : (
          <button
            type="button"
            class="button button-small"
            disabled={!mayWrite}
            onClick={() => store.editing.value = edited}
          >
            {mayWrite ? "Edit" : "Edit (allow writing first)"}
          </button>
        )}
      </div>
    </div>
  );
}

/** What is edited, or why the cell is not. */
function editedCell(
  { key, table: name, rows }: ReadRows,
  table: Table | null,
  column: string,
  row: readonly EditedCell["value"][],
  cell: CellPlace,
): EditedCell | string {
  const declared = table?.columns.find((each) => each.name === column);
  if (table?.kind !== "table" || key === null || declared === undefined || !rows.ok) {
    return "Only rows of tables are edited";
  }
  if (declared.generated) return "This column is computed from others";
  const value = row[cell.column] ?? null;
  if (inputFor(value) === null) return "A blob is changed by SQL";
  const where = rowCondition(table, key, rows.value.columns, row);
  return { table: name, column, value, where };
}
