// Renders the rows and values that a plan loses.

import { counted } from "../../finding/counted.ts";
import { lossTable } from "../../message/loss_table.ts";
import type { PlannedLoss, ShownValue } from "../../message/plan_reply.ts";
import type { Colors } from "../console.ts";
import { printable } from "../../printable.ts";
import { renderAmount } from "./run.ts";
import { left, tableLines } from "./text_table.ts";

// So many columns of so many characters fit a terminal.
const MAX_COLUMNS = 5;
const MAX_CELL_LENGTH = 24;

/** Renders each loss, with the rows and values that the reply has of it, as indented lines. */
export function renderLosses(losses: readonly PlannedLoss[], colors: Colors): readonly string[] {
  return losses.flatMap((loss) => {
    const { head, rows, total } = lossTable(loss);
    const more = rows.length === 0 ? 0 : total - rows.length;
    return [
      `  ${renderAmount(loss, colors)}`,
      ...(rows.length === 0 ? [] : renderTable(head, rows)),
      ...(more > 0 ? [`      ${colors.dim(`and ${more} more`)}`] : []),
    ];
  });
}

function renderTable(
  head: readonly string[],
  rows: readonly (readonly ShownValue[])[],
): readonly string[] {
  const isCut = head.length > MAX_COLUMNS;
  const fit = (cells: readonly string[]): readonly string[] => [
    ...cells.slice(0, MAX_COLUMNS),
    ...(isCut ? ["..."] : []),
  ];
  const columns = fit(head.map(oneLine)).map(left);
  const lines = tableLines(columns, rows.map((row) => fit(row.map(cellOf))));
  return lines.map((line) => `      ${line}`);
}

function cellOf({ type, text, length }: ShownValue): string {
  if (type === "blob") {
    const bytes = length ?? 0;
    return `x'${text.slice(0, 8)}${text.length > 8 ? "..." : ""}' (${counted(bytes, "byte")})`;
  }
  return oneLine(text);
}

function oneLine(text: string): string {
  const characters = [...printable(text.replaceAll(/\s+/g, " "))];
  return characters.length <= MAX_CELL_LENGTH
    ? characters.join("")
    : `${characters.slice(0, MAX_CELL_LENGTH - 1).join("")}…`;
}
