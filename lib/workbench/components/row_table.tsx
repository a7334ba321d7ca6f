// Rows as a table, with a style for NULL and for blobs. Runs in the browser.

import type { JSX } from "preact";
import type { DataRows } from "../../browser/sandbox.ts";
import { formatCell } from "../model/cell.ts";

interface RowTableProps {
  readonly rows: DataRows;
  readonly label: string;
}

/** A table that scrolls in its own box. */
export function RowTable({ rows, label }: RowTableProps): JSX.Element {
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={label}>
      <table class="row-table">
        <thead>
          <tr>
            {rows.columns.map((column, index) => (
              <th key={`${index} ${column}`} scope="col" data-kind={headKind(rows, index)}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.rows.map((row, index) => (
            <tr key={index}>
              {row.map((value, column) => {
                const { kind, text, full } = formatCell(value);
                return <td key={column} data-kind={kind} title={full ?? undefined}>{text}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.rows.length === 0 && <p class="quiet table-empty">No rows</p>}
    </div>
  );
}

// Right-align the heads of columns whose first value is a number.
function headKind({ rows }: DataRows, column: number): "number" | undefined {
  const value = rows[0]?.[column];
  return value !== undefined && formatCell(value).kind === "number" ? "number" : undefined;
}
