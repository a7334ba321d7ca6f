// The rows and values that a plan loses, each with those that the reply shows. Runs anywhere.

import type { JSX } from "preact";
import { lossAmount, lossOrigin } from "../message/loss_table.ts";
import type { PlannedLoss } from "../message/plan_reply.ts";
import { printable } from "../printable.ts";
import { LossExamples } from "./loss_examples.tsx";

/** One item for each table that loses rows and each column that loses values. */
export function LossItems({ losses }: { readonly losses: readonly PlannedLoss[] }): JSX.Element {
  return (
    <ul class="losses">
      {losses.map((loss, at) => (
        <li key={at} class="loss">
          <p>
            <strong>{lossAmount(loss)}</strong> of <code>{printable(lossOrigin(loss))}</code>
          </p>
          <LossExamples loss={loss} />
        </li>
      ))}
    </ul>
  );
}
