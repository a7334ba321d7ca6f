// What a rollout looks like to an operator: its waves, its failures, and what can be done now. Pure.

import { counted } from "../finding/counted.ts";
import { isComplete, type Member, membersOf } from "./decide.ts";
import type { ReportedFailure, SeenNode } from "./node_report.ts";
import { waveCount } from "./node_order.ts";
import type { RolloutRecord } from "./rollout_record.ts";

/** One wave, in numbers. */
export interface WaveOverview {
  /** Whether its nodes may apply. */
  readonly open: boolean;
  /** How many nodes it has. */
  readonly nodes: number;
  /** Nodes that have done what the wave allows. */
  readonly complete: number;
  /** Nodes that are offline and not waited for. */
  readonly away: number;
  /** The databases of these nodes. */
  readonly databases: number;
  /** Databases that were migrated; in an undo, those that were brought back. */
  readonly applied: number;
  /** Databases that failed. */
  readonly failed: number;
  /** Rows that were deleted, and rows that lost a value. */
  readonly rows_lost: number;
}

/** A database that failed, and where it is. */
export interface FleetFailure extends ReportedFailure {
  /** The name of the node. */
  readonly node: string;
}

/** A command that an operator may give now, and what it would do. */
export interface Choice {
  /** The command, after `godwit rollout`. */
  readonly command: "pause" | "resume" | "approve" | "abort" | "undo";
  /** What it would do. */
  readonly effect: string;
}

/** A rollout as an operator sees it. */
export interface RolloutOverview {
  /** The waves, in their order. */
  readonly waves: readonly WaveOverview[];
  /** At most a hundred. */
  readonly failures: readonly FleetFailure[];
  /** Why nodes do nothing, by node. */
  readonly refusals: readonly { readonly node: string; readonly message: string }[];
  /** What an operator may do now. */
  readonly choices: readonly Choice[];
}

const MOST_FAILURES = 100;

/** Summarises a rollout. */
export function overviewOf(rollout: RolloutRecord, nodes: readonly SeenNode[]): RolloutOverview {
  const members = membersOf(rollout, nodes);
  const waves = Array.from(
    { length: waveCount(rollout) },
    (_, wave) => waveOverview(rollout, wave, members.filter((member) => member.wave === wave)),
  );
  return {
    waves,
    failures: members.flatMap(({ name, progress }) =>
      (progress?.failures ?? []).map((failure) => ({ node: name, ...failure }))
    ).slice(0, MOST_FAILURES),
    refusals: members.flatMap(({ name, progress }) =>
      progress === null || progress.refused === null
        ? []
        : [{ node: name, message: progress.refused }]
    ).slice(0, MOST_FAILURES),
    choices: choicesOf(rollout, waves),
  };
}

function waveOverview(
  { state }: RolloutRecord,
  wave: number,
  members: readonly Member[],
): WaveOverview {
  const sum = (of: (member: Member) => number): number =>
    members.reduce((total, member) => total + of(member), 0);
  const isDone = (member: Member): boolean =>
    state.phase === "undoing" || state.phase === "undone"
      ? member.progress === null || member.progress.stage === "measured" ||
        member.progress.stage === "undone"
      : isComplete(member, state);
  return {
    open: wave < state.open,
    nodes: members.length,
    complete: members.filter(isDone).length,
    away: members.filter((member) => member.away && !isDone(member)).length,
    databases: sum(({ report }) => report.databases),
    applied: sum(({ progress }) => progress?.counts.applied ?? 0),
    failed: sum(({ progress }) => progress?.counts.failed ?? 0),
    rows_lost: sum(({ progress }) => progress?.counts.rows_lost ?? 0),
  };
}

function choicesOf(rollout: RolloutRecord, waves: readonly WaveOverview[]): readonly Choice[] {
  const { state, target_version: target } = rollout;
  const open = waves.filter((wave) => wave.open);
  const applied = open.reduce((total, wave) => total + wave.applied, 0);
  const failed = waves.reduce((total, wave) => total + wave.failed, 0);
  const rest = waves.filter((wave) => !wave.open).reduce((total, wave) => total + wave.nodes, 0);
  const goesOn = rest === 0 ? "ends it" : `goes on with ${counted(rest, "node")} that wait`;
  const abort: Choice = {
    command: "abort",
    effect: `ends it: ${counted(applied, "database")} stay at version ${target}, and ` +
      `${counted(rest, "node")} are not touched`,
  };
  const undo: Choice = {
    command: "undo",
    effect: `brings ${counted(applied, "database")} back, by the backup of the run or by DOWN`,
  };
  switch (state.phase) {
    case "running":
      return [
        { command: "pause", effect: "begins no other database until it is resumed" },
        undo,
      ];
    case "awaiting":
      return [{ command: "approve", effect: goesOn }, abort, undo];
    case "paused":
      return [{ command: "resume", effect: goesOn }, abort, undo];
    case "halted": {
      const again = failed === 0 ? "" : `tries ${counted(failed, "database")} again and `;
      return [{ command: "resume", effect: `${again}${goesOn}${howToPass(rollout)}` }, abort, undo];
    }
    case "done":
    case "aborted":
      return [undo];
    case "undoing":
    case "undone":
      return [];
  }
  state.phase satisfies never;
}

/** The option that lets a rollout pass what has halted it. */
function howToPass({ state }: RolloutRecord): string {
  const options = state.why.map(({ kind }) => {
    switch (kind) {
      case "failures":
        return "--max-failures";
      case "rows":
        return "--max-rows-lost";
      case "plans":
        return "--accept-plans";
      case "findings":
        return "--accept-findings";
      case "silent":
        return "--without NODE";
      case "refused":
        return "--without NODE";
    }
    return kind satisfies never;
  });
  return options.length === 0
    ? ""
    : `; halts again unless its cause is gone or it has ${[...new Set(options)].join(", ")}`;
}
