// What a run has kept, as far as it has reported that. Runs wherever handlers run.

import type { ExecutedStep, ExecutionEvent, RunMode } from "../execution/execution.ts";
import type { PlanOutline } from "../database/prepare.ts";
import { currentVersion } from "../plan/history.ts";

/** What a run has kept, as far as it has reported that. */
export interface KeptSteps {
  readonly executed: readonly ExecutedStep[];
  follow(event: ExecutionEvent): void;
  currentVersion(): number;
}

/** Follows the events of a run; in a dry run nothing changes the version. */
export function keptSteps({ history }: PlanOutline, mode: RunMode): KeptSteps {
  const executed: ExecutedStep[] = [];
  const versions = new Map(history.map((entry) => [entry.version, entry]));
  return {
    executed,
    follow(event) {
      if (event.kind !== "step-finished") return;
      executed.push(event.step);
      if (mode === "commit") versions.set(event.entry.version, event.entry);
    },
    currentVersion: () =>
      currentVersion([...versions.values()].sort((one, other) => one.version - other.version)),
  };
}
