// Rows as a table, with a style for NULL and for blobs. Runs in the browser.

import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import type { DataRows } from "../../browser/sandbox.ts";
import { formatCell } from "../model/cell.ts";
import type { FollowedKey } from "../model/followed_key.ts";
import type { Order } from "../model/table_place.ts";
import { goTo } from "../state/navigate.ts";
import { useStore } from "../state/store_context.ts";
import { Icon } from "./icon.tsx";

/** The position of a cell, from 0. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

interface RowTableProps {
  /** A row may have more values than there are columns; these are not shown. */
  readonly rows: Pick<DataRows, "columns" | "rows">;
  readonly label: string;
  /** The types of the columns, and how they are sorted. */
  readonly head?: {
    readonly typeOf: (column: string) => string;
    readonly order: Order | null;
    readonly onSort: (column: string) => void;
  };
  readonly filters?: ComponentChildren;
  /** The selected cell. */
  readonly cell?: CellPlace | null;
  readonly onCell?: (at: CellPlace) => void;
  /** Where the foreign key of a cell leads. */
  readonly keyOf?: (at: CellPlace) => FollowedKey | null;
}

/** A table that scrolls in its own box. Arrow keys move between its cells. */
export function RowTable(
  { rows, label, head, filters, cell = null, onCell, keyOf }: RowTableProps,
): JSX.Element {
  const store = useStore();
  const body = useRef<HTMLTableSectionElement>(null);
  const reached = cell ?? { row: 0, column: 0 };
  const move = (event: KeyboardEvent): void => {
    const to = onCell === undefined ? null : moved(event, reached, rows);
    if (to === null || onCell === undefined) return;
    event.preventDefault();
    onCell(to);
    body.current?.rows[to.row]?.cells[to.column]?.focus();
  };
  // One listener for all cells: a page has a thousand of them.
  const choose = (event: Event): void => {
    const at = placeOf(event);
    if (at !== null) onCell?.(at);
  };
  const click = (event: MouseEvent): void => {
    choose(event);
    const at = isFollow(event) ? placeOf(event) : null;
    const key = at === null ? null : keyOf?.(at) ?? null;
    if (key !== null) goTo(store, key, "new-entry");
  };
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={label}>
      <table class="row-table">
        <thead>
          <tr>
            {rows.columns.map((column, index) => (
              <th
                key={`${index} ${column}`}
                scope="col"
                data-kind={headKind(rows, index)}
                aria-sort={head === undefined
                  ? undefined
                  : head.order?.column === column
                  ? head.order.direction
                  : "none"}
              >
                {head === undefined ? column : <SortButton column={column} head={head} />}
              </th>
            ))}
          </tr>
          {filters}
        </thead>
        <tbody ref={body} onKeyDown={move} onClick={click} onFocusCapture={choose}>
          {rows.rows.map((row, at) => (
            <tr key={at}>
              {rows.columns.map((_, column) =>
                valueCell({
                  value: row[column] ?? null,
                  tabIndex: onCell === undefined
                    ? undefined
                    : at === reached.row && column === reached.column
                    ? 0
                    : -1,
                  isChosen: cell?.row === at && cell.column === column,
                  follows: keyOf?.({ row: at, column }) ?? null,
                })
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.rows.length === 0 && <p class="quiet table-empty">No rows</p>}
    </div>
  );
}

function SortButton(
  { column, head }: { readonly column: string; readonly head: NonNullable<RowTableProps["head"]> },
): JSX.Element {
  const isSorted = head.order?.column === column;
  const type = head.typeOf(column);
  return (
    <button type="button" class="sort" onClick={() => head.onSort(column)}>
      <span>{column}</span>
      <span class="sort-sign" aria-hidden="true">
        {isSorted ? head.order?.direction === "ascending" ? "▲" : "▼" : ""}
      </span>
      {type !== "" && <span class="column-type">{type}</span>}
    </button>
  );
}

interface CellContent {
  readonly value: DataRows["rows"][number][number];
  /** 0 where Tab leads to it. */
  readonly tabIndex: 0 | -1 | undefined;
  readonly isChosen: boolean;
  readonly follows: FollowedKey | null;
}

// No component of its own: that would double the time that a page of rows takes.
function valueCell({ value, tabIndex, isChosen, follows }: CellContent): JSX.Element {
  const { kind, text, full } = formatCell(value);
  return (
    <td
      data-kind={kind}
      data-chosen={isChosen ? "true" : undefined}
      title={full ?? undefined}
      tabIndex={tabIndex}
    >
      {text}
      {follows !== null && (
        <button
          type="button"
          class="follow"
          tabIndex={-1}
          aria-label={`Open the row of ${follows.table}`}
          title={`Open the row of ${follows.table}`}
        >
          <Icon name="follow" />
        </button>
      )}
    </td>
  );
}

function placeOf({ target }: Event): CellPlace | null {
  const cell = target instanceof Element ? target.closest("td") : null;
  const row = cell?.closest("tr") ?? null;
  return cell === null || row === null
    ? null
    : { row: row.sectionRowIndex, column: cell.cellIndex };
}

function isFollow({ target }: Event): boolean {
  return target instanceof Element && target.closest(".follow") !== null;
}

function moved(
  { key, target }: KeyboardEvent,
  { row, column }: CellPlace,
  { rows, columns }: RowTableProps["rows"],
): CellPlace | null {
  if (!(target instanceof HTMLTableCellElement)) return null;
  switch (key) {
    case "ArrowUp":
      return { row: Math.max(row - 1, 0), column };
    case "ArrowDown":
      return { row: Math.min(row + 1, rows.length - 1), column };
    case "ArrowLeft":
      return { row, column: Math.max(column - 1, 0) };
    case "ArrowRight":
      return { row, column: Math.min(column + 1, columns.length - 1) };
    case "Home":
      return { row, column: 0 };
    case "End":
      return { row, column: columns.length - 1 };
    default:
      return null;
  }
}

// Right-align the heads of columns whose first value is a number.
function headKind({ rows }: RowTableProps["rows"], column: number): "number" | undefined {
  const value = rows[0]?.[column];
  return value !== undefined && formatCell(value).kind === "number" ? "number" : undefined;
}
