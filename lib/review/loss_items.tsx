// The rows and values that a plan loses, each with those that the reply shows. Runs anywhere.

import type { JSX } from "preact";
import { counted } from "../finding/counted.ts";
import type { PlannedLoss } from "../message/plan_reply.ts";
import { LossExamples, originOf } from "./loss_examples.tsx";

/** One item for each table that loses rows and each column that loses values. */
export function LossItems({ losses }: { readonly losses: readonly PlannedLoss[] }): JSX.Element {
  return (
    <ul class="losses">
      {losses.map((loss) => (
        <li key={JSON.stringify(loss)} class="loss">
          <p>
            <strong>{amountOf(loss)}</strong> of <code>{originOf(loss)}</code>
          </p>
          <LossExamples loss={loss} />
        </li>
      ))}
    </ul>
  );
}

function amountOf(loss: PlannedLoss): string {
  return loss.kind === "rows" ? counted(loss.rows, "row") : counted(loss.values, "value");
}
