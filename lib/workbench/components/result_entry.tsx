// One migration in the result of a run: its changes and its losses. Runs in the browser.

import type { JSX } from "preact";
import { describeChange } from "../../diagram/change_words.ts";
import type { PlannedStep } from "../../message/plan_reply.ts";
import type { RunEntry } from "../../message/reply.ts";
import { LossExamples } from "../../review/loss_examples.tsx";
import { count, describeDuration, describeLoss, padVersion } from "../model/words.ts";
import { Icon } from "./icon.tsx";

/** A migration that was run, or tried by a dry run. */
export function ResultEntry({ entry }: { readonly entry: RunEntry | PlannedStep }): JSX.Element {
  const facts = [
    ...(typeof entry.statements === "number" ? [count(entry.statements, "statement")] : []),
    describeDuration(entry.execution_time_ms),
    ...entry.changes.map(describeChange),
  ];
  return (
    <li>
      <span class="timeline-version">{padVersion(entry.version)}</span>
      <div class="entry-body">
        {entry.name.replaceAll("_", " ")}
        <span class="quiet">{facts.map((fact) => ` · ${fact}`).join("")}</span>
        {entry.data_loss.map((loss) => (
          <div key={describeLoss(loss)}>
            <span class="loss-word" data-level="WARNING">
              <Icon name="warning" />
              loses {describeLoss(loss)}
            </span>
            {"examples" in loss && <LossExamples loss={loss} />}
          </div>
        ))}
      </div>
    </li>
  );
}
