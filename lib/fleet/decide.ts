// What happens next with a rollout, given the reports of its nodes. Pure; runs anywhere.

import { counted } from "../finding/counted.ts";
import { hasLabels } from "./labels.ts";
import { passedLimit } from "./limits.ts";
import { hasFailed, isToUndo, type Progress, progressIn, type SeenNode } from "./node_report.ts";
import { waveCount, waveOf } from "./node_order.ts";
import { union, whyTooMuch } from "./comparison.ts";
import {
  type HaltReason,
  RECORD_LIMITS,
  type RolloutRecord,
  type RolloutState,
} from "./rollout_record.ts";

/** The next state of a rollout; `null` while it waits. */
export type Decision = RolloutState | null;

/**
 * Decides from the record and the reports alone, so that any coordinator comes to the same decision.
 * `nowMs` is the time of the server, as the times in `nodes` are.
 */
export function decide(
  rollout: RolloutRecord,
  nodes: readonly SeenNode[],
  nowMs: number,
): Decision {
  const { state } = rollout;
  switch (state.phase) {
    case "running":
      if (state.since_ms === null) return { ...state, since_ms: nowMs };
      return new Look(rollout, nodes, nowMs).decide();
    case "undoing":
      return new Look(rollout, nodes, nowMs).decideUndo();
    case "awaiting":
    case "paused":
    case "halted":
    case "done":
    case "aborted":
    case "undone":
      return null;
  }
  state.phase satisfies never;
}

/** A node that the rollout is for. */
export interface Member extends SeenNode {
  readonly name: string;
  readonly wave: number;
  /** With this rollout; `null` before it reports any. */
  readonly progress: Progress | null;
  /** Offline, and not known to have begun: it is not waited for, and catches up when it is back. */
  readonly away: boolean;
}

/** The nodes that a rollout is for; in an undo, also those that have other labels since they began. */
export function membersOf(rollout: RolloutRecord, nodes: readonly SeenNode[]): readonly Member[] {
  const { phase } = rollout.state;
  const isUndo = phase === "undoing" || phase === "undone";
  return nodes.flatMap((seen) => {
    const { report } = seen;
    const { node: name, labels, databases } = report;
    const progress = progressIn(report, rollout);
    const isMember = hasLabels(labels, rollout.select) ||
      isUndo && progress !== null && progress.stage !== "measured";
    if (!isMember || databases === 0) return [];
    const wave = waveOf(rollout, { name, labels });
    // What the first wave measured is what the others are compared with, so it is waited for.
    const begun = wave === 0
      ? progress !== null
      : progress?.stage === "applying" || progress?.stage === "undoing";
    const away = rollout.state.without.includes(name) || !seen.present && !begun;
    return [{ ...seen, name, wave, progress, away }];
  });
}

/** Returns whether a member has done what an open wave allows it, as far as it could. */
export function isComplete({ progress }: Member, { attempt }: RolloutState): boolean {
  return progress?.stage === "applied" && isAnswer(progress, attempt);
}

// What went well stays so; what failed is tried again in each attempt.
function isAnswer(progress: Progress, attempt: number): boolean {
  return progress.attempt === attempt || !hasFailed(progress);
}

/** One look at all nodes. */
class Look {
  readonly #rollout: RolloutRecord;
  readonly #state: RolloutState;
  readonly #members: readonly Member[];
  readonly #nowMs: number;

  constructor(rollout: RolloutRecord, nodes: readonly SeenNode[], nowMs: number) {
    this.#rollout = rollout;
    this.#state = rollout.state;
    this.#members = membersOf(rollout, nodes);
    this.#nowMs = nowMs;
  }

  decide(): Decision {
    const { open } = this.#state;
    // Nothing of the waves that are not open counts yet; what was lost where a node is offline does.
    const begun = this.#members.filter(({ wave }) => wave < open);
    const against = [
      ...this.#whyOverLimit(begun),
      // A node that was away, or whose database has changed, does not apply another plan by itself.
      ...this.#whyUnlikeCanaries(begun.filter(({ progress }) => progress?.stage === "measured")),
    ];
    if (against.length > 0) return this.#halt(against);
    const unfinished = begun.filter((member) => !member.away && !isComplete(member, this.#state));
    if (unfinished.length > 0) return this.#waitFor(unfinished);
    if (open === waveCount(this.#rollout)) return { ...this.#state, phase: "done", why: [] };
    return this.#openNext(begun);
  }

  decideUndo(): Decision {
    const waiting = this.#members.filter(({ progress, present, away }) =>
      present && !away && progress !== null && isToUndo(progress)
    );
    if (waiting.length > 0) return null;
    const failing = this.#members.filter(({ progress }) =>
      progress?.stage === "undone" && progress.counts.failed > 0
    );
    const failed = failing.reduce((sum, { progress }) => sum + (progress?.counts.failed ?? 0), 0);
    const message = `${counted(failed, "database")} could not be brought back`;
    const why = failed === 0 ? [] : [reason("failures", message, failing.map(({ name }) => name))];
    return { ...this.#state, phase: "undone", why };
  }

  /** Opens the next wave when all of its nodes have measured, and nothing speaks against it. */
  #openNext(begun: readonly Member[]): Decision {
    const { open, approved, attempt, plans, findings } = this.#state;
    const next = this.#members.filter(({ wave, away }) => wave === open && !away);
    const first = open === 0;
    const silent = next.filter(({ progress }) => progress === null || !isAnswer(progress, attempt));
    if (silent.length > 0) return this.#waitFor(silent);
    // Without a canary there is nothing to compare the other nodes with.
    if (first && next.length === 0) return this.#waitForCanary();
    const against = [
      ...this.#whyOverLimit([...begun, ...next]),
      ...(first ? [] : this.#whyUnlikeCanaries(next)),
    ];
    if (against.length > 0) return this.#halt(against);
    if (this.#needsApproval(open) && approved <= open) {
      return { ...this.#state, phase: "awaiting", why: [] };
    }
    const learned = first ? this.#learn(next) : { plans, findings };
    const tooMuch = whyTooMuch(learned);
    if (tooMuch !== null) {
      return this.#halt([reason(tooMuch.kind, tooMuch.message, next.map(({ name }) => name))]);
    }
    return { ...this.#state, ...learned, open: open + 1, since_ms: this.#nowMs };
  }

  #needsApproval(wave: number): boolean {
    const { approval } = this.#rollout;
    return approval === "each" ? wave > 0 : approval === "first" && wave === 1;
  }

  #learn(canaries: readonly Member[]): Pick<RolloutState, "plans" | "findings"> {
    const { plans, findings } = this.#state;
    return {
      plans: union(plans, canaries.flatMap(({ progress }) => progress?.plans ?? [])),
      findings: union(findings, canaries.flatMap(({ progress }) => progress?.findings ?? [])),
    };
  }

  #whyOverLimit(members: readonly Member[]): readonly HaltReason[] {
    const { limits, databases } = this.#rollout;
    const { attempt } = this.#state;
    let failed = 0;
    let rowsLost = 0;
    const failing: string[] = [];
    const losing: string[] = [];
    const refusing: Member[] = [];
    for (const member of members) {
      const { name, progress } = member;
      if (progress === null) continue;
      const { counts, rows_at_stake, refused } = progress;
      const rows = counts.rows_lost + rows_at_stake;
      rowsLost += rows;
      if (rows > 0) losing.push(name);
      // The failures of an earlier attempt are being tried again.
      if (progress.attempt !== attempt) continue;
      failed += counts.failed;
      if (counts.failed > 0) failing.push(name);
      if (refused !== null) refusing.push(member);
    }
    const passed = passedLimit(
      { failed, rowsLost },
      { maxFailures: limits.max_failures, maxRowsLost: limits.max_rows_lost },
      databases,
    );
    return [
      ...(passed === null ? [] : [
        reason(passed.limit, passed.message, passed.limit === "rows" ? losing : failing),
      ]),
      ...(refusing.length === 0 ? [] : [
        reason(
          "refused",
          `${counted(refusing.length, "node")} refused the rollout: ${
            refusing[0]?.progress?.refused ?? ""
          }`,
          refusing.map(({ name }) => name),
        ),
      ]),
    ];
  }

  #whyUnlikeCanaries(members: readonly Member[]): readonly HaltReason[] {
    const { plans, findings } = this.#state;
    const otherPlans = members.filter(({ progress }) => isBeyond(progress?.plans, plans));
    const otherFindings = members.filter(({ progress }) => isBeyond(progress?.findings, findings));
    const names = new Set(
      otherFindings.flatMap(({ progress }) => progress?.findings ?? [])
        .filter((finding) => !findings.includes(finding)),
    );
    return [
      ...(otherPlans.length === 0 ? [] : [
        reason(
          "plans",
          `${counted(otherPlans.length, "node")} would run a plan that the first wave did not have`,
          otherPlans.map(({ name }) => name),
        ),
      ]),
      ...(otherFindings.length === 0 ? [] : [
        reason(
          "findings",
          `${counted(otherFindings.length, "node")} found what the first wave did not have: ${
            [...names].sort().slice(0, 5).join(", ")
          }`,
          otherFindings.map(({ name }) => name),
        ),
      ]),
    ];
  }

  /** Waits, but no longer for any node than it may take after the step began or it reported. */
  #waitFor(members: readonly Member[]): Decision {
    const { answer_within_ms: limitMs } = this.#rollout.limits;
    const sinceMs = this.#state.since_ms ?? this.#nowMs;
    const late = members.filter(({ progress, reportedMs }) =>
      this.#nowMs - Math.max(sinceMs, progress === null ? 0 : reportedMs) > limitMs
    );
    if (late.length === 0) return null;
    const message = `${counted(late.length, "node")} did not answer within ${limitMs} ms`;
    return this.#halt([reason("silent", message, late.map(({ name }) => name))]);
  }

  #waitForCanary(): Decision {
    const { answer_within_ms: limitMs } = this.#rollout.limits;
    if (this.#nowMs - (this.#state.since_ms ?? this.#nowMs) <= limitMs) return null;
    return this.#halt([
      reason("silent", `No node of the first wave was online within ${limitMs} ms`, []),
    ]);
  }

  #halt(why: readonly HaltReason[]): RolloutState {
    return { ...this.#state, phase: "halted", why };
  }
}

const MOST_NAMES = 20;

function reason(
  kind: HaltReason["kind"],
  message: string,
  nodes: readonly string[],
): HaltReason {
  return {
    kind,
    message: message.slice(0, RECORD_LIMITS.messageLength),
    nodes: nodes.toSorted().slice(0, MOST_NAMES),
  };
}

function isBeyond(values: readonly string[] = [], known: readonly string[]): boolean {
  return values.some((value) => !known.includes(value));
}
