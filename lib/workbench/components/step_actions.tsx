// The actions of a step, and the progress of a run. Runs in the browser.

import type { JSX } from "preact";
import { describeProgress, describeStatement, fractionDone } from "../model/run_progress.ts";
import { type PlannedRun, stepAction } from "../model/step_action.ts";
import { count, describeVersions } from "../model/words.ts";
import { useStore } from "../state/store_context.ts";
import { BlockedWords } from "./blocked_words.tsx";
import { CancelButton } from "./cancel_button.tsx";
import { RunButtons } from "./run_buttons.tsx";

interface StepActionsProps {
  readonly plugin: string;
  /** `null` if the file has no version; 0 is the empty database. */
  readonly version: number | null;
}

/** The buttons of a step, with a description of what will run. */
export function StepActions({ plugin, version }: StepActionsProps): JSX.Element {
  const store = useStore();
  // Nothing is run by what was true at an earlier visit.
  const status = store.seen.value === plugin ? null : store.status.value;
  const progress = store.running.value.get(plugin);
  const isBusy = store.isBusy(plugin);
  const action = status === null ? null : stepAction(status, version);
  const planned = action === null || action.verb === "none" ? null : action;
  const fraction = progress === undefined ? null : fractionDone(progress);
  return (
    <div class="actions" role="group" aria-label="Run">
      <div class="row">
        <RunButtons
          plugin={plugin}
          planned={planned}
          labels={{ dryRun: "Dry run", run: planned?.label ?? "Apply to here" }}
          look={planned?.verb === "rollback" ? "button-danger" : ""}
        />
      </div>
      <div class="actions-words">
        <p role="status">
          {progress !== undefined
            ? describeProgress(progress)
            : isBusy
            ? "Waiting for the reply …"
            : planned !== null
            ? describePlan(planned)
            : action?.verb === "none"
            ? <BlockedWords action={action} />
            : ""}
        </p>
        <CancelButton plugin={plugin} />
      </div>
      <progress
        class="progress"
        aria-label="Progress"
        data-running={isBusy}
        max={1}
        {...(fraction === null ? {} : { value: fraction })}
      />
      <p class="actions-statement">{progress === undefined ? "" : describeStatement(progress)}</p>
    </div>
  );
}

function describePlan({ verb, migrations }: PlannedRun): string {
  const which = describeVersions(migrations);
  const number = migrations.length > 2 ? ` (${count(migrations.length, "migration")})` : "";
  return verb === "apply" ? `Applies ${which}${number}` : `Rolls back ${which}${number}`;
}
