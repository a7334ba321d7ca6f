// Some of the rows or values that a plan loses, as a table. Runs anywhere.

import type { JSX } from "preact";
import { counted } from "../finding/counted.ts";
import type { PlannedLoss, ShownValue } from "../message/plan_reply.ts";
import { printable, printableLines } from "../printable.ts";

/** A table of lost rows or values; nothing where the reply shows none. */
export function LossExamples({ loss }: { readonly loss: PlannedLoss }): JSX.Element | null {
  if (loss.examples === undefined) return null;
  const { head, rows } = loss.kind === "rows"
    ? { head: loss.examples.columns, rows: loss.examples.rows }
    : valueTable(loss.column, loss.examples);
  const total = loss.kind === "rows" ? loss.rows : loss.values;
  const label = `Lost from ${originOf(loss)}`;
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

function valueTable(
  column: string,
  { key, values }: NonNullable<Extract<PlannedLoss, { kind: "values" }>["examples"]>,
): { readonly head: readonly string[]; readonly rows: readonly (readonly ShownValue[])[] } {
  const isGone = values.every(({ after }) => after === null);
  return {
    head: [...key, column, ...(isGone ? [] : ["becomes"])],
    rows: values.map((value) => [
      ...value.key,
      value.before,
      ...(value.after === null ? [] : [value.after]),
    ]),
  };
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

/** The table or column of a loss. */
export function originOf(loss: PlannedLoss): string {
  return printable(loss.kind === "rows" ? loss.table : `${loss.table}.${loss.column}`);
}
