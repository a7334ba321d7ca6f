// What a run is to do: the part of a run that its replies need.

import type { RunMode } from "../execution/execution.ts";
import type { CheckedRun } from "../message/request.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { Target } from "../plan/select_steps.ts";

/** What to run: a checked request, its database, its target, and whether it is kept. */
export interface TargetedRun extends Omit<CheckedRun, "dry_run"> {
  readonly address: DatabaseAddress;
  readonly target: Target;
  readonly mode: RunMode;
}
