// Prepares a plan in the thread of a database, and reports where its rehearsal came from. Runs
// wherever handlers run.

import type { Deadline } from "../deadline.ts";
import type { PlanOutline } from "../database/prepare.ts";
import type { DatabaseSession, PreparationOutcome } from "../database/session.ts";
import type { Target } from "../plan/select_steps.ts";
import type { Span } from "../trace/span.ts";
import type { HandlerContext } from "./context.ts";

/** What a plan is to lead to, and when it is no longer wanted. */
export interface Preparation {
  readonly target: Target;
  readonly deadline: Deadline<AbortSignal>;
  /** What it is prepared for. */
  readonly span: Span;
  /** Called once the steps are known and before they are rehearsed. */
  readonly onPlanned?: (outline: PlanOutline) => void;
}

/** Prepares a plan of the files that the session has loaded. */
export async function preparePlan(
  session: DatabaseSession,
  { target, deadline, span: outer, onPlanned = () => {} }: Preparation,
  { observer }: HandlerContext,
): Promise<PreparationOutcome> {
  const span = outer.begin("prepare");
  let rehearsal: Span | null = null;
  try {
    const prepared = await session.prepare(target, deadline, (outline) => {
      const { hash, steps: { length } } = outline;
      span.note({ "godwit.plan_hash": hash, "godwit.steps": length });
      if (length > 0) rehearsal = span.begin("rehearse", { "godwit.plan_hash": hash });
      onPlanned(outline);
    });
    endAll(prepared.ok ? null : prepared.code, prepared.ok ? prepared.value.rehearsed : null);
    return prepared;
  } catch (error) {
    endAll("INTERNAL_ERROR", null);
    throw error;
  }

  function endAll(errorCode: string | null, rehearsed: PlanOutline["rehearsed"]): void {
    if (rehearsed !== null) {
      observer.onRehearsal(rehearsed);
      rehearsal?.note({ "godwit.rehearsal": rehearsed });
    }
    rehearsal?.end(errorCode);
    span.end(errorCode);
  }
}
