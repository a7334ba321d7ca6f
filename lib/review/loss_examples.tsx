// Some of the rows or values that a plan loses, as a table. Runs anywhere.

import type { JSX } from "preact";
import { counted } from "../finding/counted.ts";
import { lossOrigin, lossTable } from "../message/loss_table.ts";
import type { PlannedLoss, ShownValue } from "../message/plan_reply.ts";
import { printable, printableLines } from "../printable.ts";

/** A table of lost rows or values; nothing where the reply shows none. */
export function LossExamples({ loss }: { readonly loss: PlannedLoss }): JSX.Element | null {
  if (loss.examples === undefined) return null;
  const { head, rows, total } = lossTable(loss);
  const label = `Lost from ${printable(lossOrigin(loss))}`;
  return (
    <div class="examples" tabIndex={0} role="group" aria-label={label}>
      <table>
        <caption>
          {rows.length < total ? `${rows.length} of ${total}` : `All ${total}`}
        </caption>
        <thead>
          <tr>{head.map((name, at) => <th key={at} scope="col">{printable(name)}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>{row.map((value, index) => <Cell key={index} value={value} />)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ value }: { readonly value: ShownValue }): JSX.Element {
  const { type, text, length = 0 } = value;
  if (type === "blob") {
    return (
      <td data-type={type}>
        {`x'${text}${2 * length > text.length ? "…" : ""}' (${counted(length, "byte")})`}
      </td>
    );
  }
  const more = value.length === undefined ? "" : `… (${counted(length, "character")})`;
  return <td data-type={type}>{`${printableLines(text)}${more}`}</td>;
}
