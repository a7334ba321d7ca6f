// Writes losses as replies, events and the log carry them. Pure; runs anywhere.

import type { DataLoss } from "./data_loss.ts";
import type { DataLossMessage } from "../message/reply.ts";

/** One entry for each table that lost rows and each column that lost values, in whatever way. */
export function lossMessages(losses: readonly DataLoss[]): DataLossMessage[] {
  const messages: DataLossMessage[] = [];
  for (const loss of losses) {
    if (loss.kind === "rows") {
      messages.push({ kind: "rows", table: loss.table, rows: loss.rows });
      continue;
    }
    const { table, column, values } = loss;
    const known = messages.find((message) =>
      message.kind === "values" && message.table === table && message.column === column
    );
    if (known?.kind === "values") known.values += values;
    else messages.push({ kind: "values", table, column, values });
  }
  return messages;
}
