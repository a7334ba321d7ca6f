// What people read of a loss: how much, of what, and the rows that show it. Pure; runs anywhere.

import { counted } from "../finding/counted.ts";
import type { PlannedLoss, ShownValue } from "./plan_reply.ts";
import type { DataLossMessage } from "./reply.ts";

/** How much is lost: `2 rows`, `1 value`. */
export function lossAmount(loss: DataLossMessage): string {
  return loss.kind === "rows" ? counted(loss.rows, "row") : counted(loss.values, "value");
}

/** The table or column that loses it: `quotes`, `quotes.author`. */
export function lossOrigin(loss: DataLossMessage): string {
  return loss.kind === "rows" ? loss.table : `${loss.table}.${loss.column}`;
}

/** Lost rows, or rows that lose values, as a table. */
export interface LossTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly ShownValue[])[];
  /** How many there are, shown or not. */
  readonly total: number;
}

/** What a reply shows of a loss; no rows where it shows none. */
export function lossTable(loss: PlannedLoss): LossTable {
  if (loss.kind === "rows") {
    const { columns = [], rows = [] } = loss.examples ?? {};
    return { head: columns, rows, total: loss.rows };
  }
  const { key = [], values = [] } = loss.examples ?? {};
  const isGone = values.every(({ after }) => after === null);
  return {
    head: [...key, loss.column, ...(isGone ? [] : ["becomes"])],
    rows: values.map((value) => [
      ...value.key,
      value.before,
      ...(value.after === null ? [] : [value.after]),
    ]),
    total: loss.values,
  };
}
