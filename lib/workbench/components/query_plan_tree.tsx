// A query plan as a tree, with the steps that read every row marked. Runs in the browser.

import type { JSX } from "preact";
import type { PlanNode } from "../model/query_plan.ts";

/** Nested lists. */
export function QueryPlanTree({ steps }: { readonly steps: readonly PlanNode[] }): JSX.Element {
  return (
    <div class="query-plan" role="group" aria-label="Query plan">
      {steps.length === 0 ? <p class="quiet">Nothing is read</p> : <Steps steps={steps} />}
    </div>
  );
}

function Steps({ steps }: { readonly steps: readonly PlanNode[] }): JSX.Element {
  return (
    <ul>
      {steps.map((step) => (
        <li key={step.id}>
          <code>{step.detail}</code>{" "}
          {step.isScan && <span class="badge scan-badge">reads every row</span>}
          {step.steps.length > 0 && <Steps steps={step.steps} />}
        </li>
      ))}
    </ul>
  );
}
