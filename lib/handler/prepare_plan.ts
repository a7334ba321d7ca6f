// Prepares a plan in the thread of a database, and reports where its rehearsal came from. Runs
// wherever handlers run.

import type { Deadline } from "../deadline.ts";
import type { PlanOutline } from "../database/prepare.ts";
import type { DatabaseSession, PreparationOutcome } from "../database/session.ts";
import type { Target } from "../plan/select_steps.ts";
import type { HandlerContext } from "./context.ts";

/** What a plan is to lead to, and when it is no longer wanted. */
export interface Preparation {
  readonly target: Target;
  readonly deadline: Deadline<AbortSignal>;
  /** Called once the steps are known and before they are rehearsed. */
  readonly onPlanned?: (outline: PlanOutline) => void;
}

/** Prepares a plan of the files that the session has loaded. */
export async function preparePlan(
  session: DatabaseSession,
  { target, deadline, onPlanned = () => {} }: Preparation,
  { observer }: HandlerContext,
): Promise<PreparationOutcome> {
  const prepared = await session.prepare(target, deadline, onPlanned);
  const rehearsed = prepared.ok ? prepared.value.rehearsed : null;
  if (rehearsed !== null) observer.onRehearsal(rehearsed);
  return prepared;
}
