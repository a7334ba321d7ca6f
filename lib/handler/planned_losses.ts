// Writes the losses of a plan, with some of the rows and values, as its reply carries them. Pure;
// runs anywhere.

import type { DataLoss, LossExamples } from "../loss/data_loss.ts";
import type { PlannedLoss } from "../message/plan_reply.ts";
import type { DataLossMessage } from "../message/reply.ts";
import { lossMessages } from "../loss/loss_messages.ts";

/** One entry for each table that loses rows and each column that loses values. */
export function plannedLosses(
  losses: readonly DataLoss[],
  examples: readonly LossExamples[],
): PlannedLoss[] {
  return lossMessages(losses).map((loss) => {
    const found = examples.find((each) => isOf(each, loss));
    if (found?.kind === "rows" && loss.kind === "rows") {
      const rows = found.rows.map((row) => [...row]);
      return { ...loss, examples: { columns: [...found.columns], rows } };
    }
    if (found?.kind === "values" && loss.kind === "values") {
      const values = found.values.map((value) => ({ ...value, key: [...value.key] }));
      return { ...loss, examples: { key: [...found.key], values } };
    }
    return loss;
  });
}

function isOf(examples: LossExamples, loss: DataLossMessage): boolean {
  if (examples.table !== loss.table) return false;
  return examples.kind === "rows"
    ? loss.kind === "rows"
    : loss.kind === "values" && loss.column === examples.column;
}
