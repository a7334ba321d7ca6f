// Makes the progress of a rollout that a node reports, from the outcomes of its databases. Pure.

import { MOST_LISTED, type Progress, type ReportedFailure } from "../fleet/node_report.ts";
import { RECORD_LIMITS, type RolloutRecord } from "../fleet/rollout_record.ts";
import type { TenantOutcome } from "../handler/migrate_tenant.ts";
import type { EarlierRuns, UndoOutcome } from "./node_databases.ts";

/** The outcome of one database. */
export interface DatabaseWork {
  readonly outcome: TenantOutcome;
  /** Whether it was applied to, and not only measured. */
  readonly isDone: boolean;
  /** What an earlier process has done to one that has nothing pending. */
  readonly earlier: EarlierRuns;
}

/** The progress of databases that are measured or migrated, beside what was reported `before`. */
export function progressOf(
  rollout: RolloutRecord,
  stage: Progress["stage"],
  works: ReadonlyMap<string, DatabaseWork>,
  before: Progress | null,
): Progress {
  const counts = { applied: 0, unchanged: 0, failed: 0, rows_lost: 0 };
  const plans = new Set<string>(before?.plans ?? []);
  const findings = new Set<string>(before?.findings ?? []);
  let rowsAtStake = 0;
  for (const { outcome, isDone, earlier } of works.values()) {
    if (outcome.kind === "failed") counts.failed += 1;
    else if (isDone && outcome.migrations > 0) count(outcome.rowsLost);
    else if (outcome.migrations > 0) {
      if (outcome.planHash !== null) plans.add(outcome.planHash);
      for (const finding of outcome.findings) findings.add(finding);
      rowsAtStake += outcome.rowsLost;
    } else if (earlier.kind === "none") counts.unchanged += 1;
    else count(earlier.rowsLost);
  }
  function count(rowsLost: number): void {
    counts.applied += 1;
    counts.rows_lost += rowsLost;
  }
  return {
    ...begun(rollout, stage),
    plans: [...plans].sort().slice(0, MOST_LISTED.plans),
    findings: [...findings].sort().slice(0, MOST_LISTED.findings),
    rows_at_stake: rowsAtStake,
    counts,
    failures: failuresOf([...works].map(([name, { outcome }]) => [name, outcome])),
    refused: plans.size > MOST_LISTED.plans
      ? `The databases of this node need ${plans.size} different plans, and a rollout takes ` +
        `${MOST_LISTED.plans}; bring them to one version first`
      : null,
  };
}

/** The progress of databases that are brought back. */
export function undoProgress(
  rollout: RolloutRecord,
  stage: "undoing" | "undone",
  outcomes: ReadonlyMap<string, UndoOutcome>,
  before: Progress | null,
): Progress {
  const all = [...outcomes.values()];
  const applied = all.filter((each) => each.kind === "undone" && each.changed).length;
  const failed = all.filter(({ kind }) => kind === "failed").length;
  return {
    ...begun(rollout, stage),
    plans: before?.plans ?? [],
    findings: before?.findings ?? [],
    counts: { applied, unchanged: all.length - applied - failed, failed, rows_lost: 0 },
    failures: failuresOf([...outcomes]),
  };
}

/** The progress of a node that does nothing, and why. */
export function refusal(rollout: RolloutRecord, message: string): Progress {
  const refused = message.slice(0, RECORD_LIMITS.messageLength);
  return { ...begun(rollout, "measured"), refused };
}

function begun({ id, state }: RolloutRecord, stage: Progress["stage"]): Progress {
  return {
    rollout: id,
    attempt: state.attempt,
    stage,
    plans: [],
    findings: [],
    rows_at_stake: 0,
    counts: { applied: 0, unchanged: 0, failed: 0, rows_lost: 0 },
    failures: [],
    refused: null,
  };
}

function failuresOf(
  outcomes: readonly (readonly [name: string, outcome: TenantOutcome | UndoOutcome])[],
): readonly ReportedFailure[] {
  return outcomes.flatMap(([name, outcome]) =>
    outcome.kind === "failed"
      ? [{
        tenant: name.split("/")[1] ?? null,
        error_code: outcome.code,
        message: outcome.message.slice(0, 1_000),
      }]
      : []
  ).slice(0, MOST_LISTED.failures);
}
