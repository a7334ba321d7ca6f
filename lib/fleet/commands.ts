// What operators do with a rollout that has begun. Pure; runs anywhere.

import type { Outcome } from "../outcome.ts";
import { union, whyTooMuch } from "./comparison.ts";
import type { FleetLimits, RolloutRecord, RolloutState, UndoMethod } from "./rollout_record.ts";

/** A command of an operator. */
export type OperatorCommand =
  | { readonly kind: "pause" }
  | { readonly kind: "approve" }
  | { readonly kind: "abort" }
  | { readonly kind: "undo"; readonly method: UndoMethod }
  | {
    readonly kind: "resume";
    /** Limits that replace those of the rollout. */
    readonly limits: Partial<FleetLimits>;
    /** Plans and findings that the first wave did not have, and that may run all the same. */
    readonly accept: { readonly plans: readonly string[]; readonly findings: readonly string[] };
    /** Nodes that are not waited for any more. */
    readonly without: readonly string[];
  };

/** Why a command is refused. */
export type CommandCode =
  | "not-now"
  /** The record cannot hold so many plans or findings. */
  | "too-many";

/** The record after a command. */
export function command(
  rollout: RolloutRecord,
  given: OperatorCommand,
): Outcome<RolloutRecord, CommandCode> {
  const { state } = rollout;
  const { phase } = state;
  const to = (next: Partial<RolloutState>): Outcome<RolloutRecord, CommandCode> => ({
    ok: true,
    value: { ...rollout, state: { ...state, since_ms: null, why: [], ...next } },
  });
  switch (given.kind) {
    case "pause":
      return phase === "running" || phase === "awaiting"
        ? to({ phase: "paused" })
        : refused(rollout, "only a running rollout can be paused");
    case "approve":
      return phase === "awaiting"
        ? to({ phase: "running", approved: state.open + 1 })
        : refused(rollout, "it waits for no approval");
    case "abort":
      return phase === "running" || phase === "awaiting" || phase === "paused" || phase === "halted"
        ? to({ phase: "aborted", why: state.why })
        : refused(rollout, "it is not under way");
    case "undo":
      return phase === "undoing" || phase === "undone"
        ? refused(rollout, "it is undone already")
        : to({ phase: "undoing", undo: given.method, why: state.why });
    case "resume":
      return resume(rollout, given, to);
  }
  given satisfies never;
}

function resume(
  rollout: RolloutRecord,
  { limits, accept, without }: Extract<OperatorCommand, { kind: "resume" }>,
  to: (next: Partial<RolloutState>) => Outcome<RolloutRecord, CommandCode>,
): Outcome<RolloutRecord, CommandCode> {
  const { state } = rollout;
  // A rollout that is done accepts plans for nodes that have come later.
  if (state.phase !== "paused" && state.phase !== "halted" && state.phase !== "done") {
    return refused(rollout, "only a paused or halted rollout can be resumed");
  }
  const accepted = {
    plans: union(state.plans, accept.plans),
    findings: union(state.findings, accept.findings),
  };
  const tooMuch = whyTooMuch(accepted);
  if (tooMuch !== null) return { ok: false, code: "too-many", message: tooMuch.message };
  const next = to({
    phase: "running",
    attempt: state.attempt + (state.phase === "paused" ? 0 : 1),
    ...accepted,
    without: union(state.without, without),
  });
  return next.ok
    ? { ok: true, value: { ...next.value, limits: { ...rollout.limits, ...limits } } }
    : next;
}

function refused(
  { plugin, state }: RolloutRecord,
  why: string,
): Outcome<RolloutRecord, CommandCode> {
  const message = `The rollout of ${plugin} is ${state.phase}: ${why}`;
  return { ok: false, code: "not-now", message };
}
