// Turns the facts of a rehearsal into findings by every rule. Pure; runs anywhere.

import type { ExecutedStep } from "../execution/execution.ts";
import type { DataLoss } from "../loss/data_loss.ts";
import type {
  Rehearsal,
  RehearsedStep,
  StoppedStep,
  WatchedTable,
} from "../rehearsal/rehearsal.ts";
import { type Finding, finding } from "../finding/finding.ts";
import type { SqliteVersion } from "../migration/migration.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import { alterFormFindings, requiresFindings } from "./alter_forms.ts";
import { destructiveFindings } from "./destructive.ts";
import { foreignKeyActionFindings } from "./foreign_key_actions.ts";
import { forgottenColumnFindings } from "./forgotten_columns.ts";
import { incompleteDownFindings } from "./incomplete_down.ts";
import { missingFindings, schemaIntegrityFindings } from "./schema_integrity.ts";
import { statementFindings } from "./statements.ts";

/** The losses counted for versions; a version that is missing was not counted. */
export type CountedLosses = ReadonlyMap<number, readonly DataLoss[]>;

/**
 * The findings of a rehearsal. Those about losses are separate, because losses are counted again
 * when a step runs.
 */
export interface RehearsalFindings {
  readonly steps: readonly {
    readonly rehearsed: RehearsedStep;
    readonly facts: readonly Finding[];
    readonly losses: readonly Finding[];
  }[];
  /** Findings about steps in relation to each other, and about files that were not rehearsed. */
  readonly rest: readonly Finding[];
}

/**
 * Applies every rule to a rehearsal of `steps`. A second UP of a file has no findings of its own.
 */
export function rehearsalFindings(
  steps: readonly PlanStep[],
  rehearsal: Omit<Rehearsal, "queries">,
  engine: SqliteVersion,
  losses: CountedLosses,
): RehearsalFindings {
  const requires = new Map(steps.map((step) => [step.version, step.requires]));
  const seen = new Set<string>();
  const judged = rehearsal.steps.flatMap((rehearsed, index) => {
    const { version, direction } = rehearsed;
    const key = `${direction} ${version}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const leftOut = rehearsal.stopped.findLast(({ after }) => after <= index);
    const facts = stepFindings(rehearsed, requires.get(version) ?? null, engine);
    // A DOWN after its own UP loses what the UP made.
    const isReturn = direction === "rollback" && seen.has(`apply ${version}`);
    return [{
      rehearsed,
      facts: leftOut === undefined ? facts : facts.map((each) => withoutFile(each, leftOut)),
      losses: isReturn ? [] : destructiveFindings(rehearsed, losses.get(version) ?? null),
    }];
  });
  return {
    steps: judged,
    rest: [
      ...missingFindings(rehearsal.missing),
      ...rehearsal.stopped.map(stoppedFinding),
      ...notRehearsed(steps, rehearsal),
      ...incompleteDownFindings(rehearsal.steps),
    ],
  };
}

/** The findings in the order of the steps. */
export function inOrder({ steps, rest }: RehearsalFindings): readonly Finding[] {
  return [...steps.flatMap(({ facts, losses }) => [...facts, ...losses]), ...rest];
}

/**
 * The findings with the losses of executed steps as they were measured then. `watched` has the
 * tables that a version wrote to, where its run has shown more of them than its rehearsal.
 */
export function withLosses(
  { steps, rest }: RehearsalFindings,
  executed: readonly Measured[],
  watched: ReadonlyMap<number, readonly WatchedTable[]>,
): RehearsalFindings {
  const measured = new Map(executed.map((step) => [step.version, step]));
  return {
    steps: steps.map((step) => {
      const found = measured.get(step.rehearsed.version);
      if (found === undefined) return step;
      const rehearsed = {
        ...step.rehearsed,
        changes: found.changes,
        watched: watched.get(found.version) ?? step.rehearsed.watched,
      };
      const { dataLoss, reusedNumbers, unmeasured } = found;
      const losses = destructiveFindings(rehearsed, dataLoss, reusedNumbers, unmeasured);
      return { ...step, losses };
    }),
    rest,
  };
}

/** What the execution of a step showed about losses. */
type Measured = Pick<
  ExecutedStep,
  "version" | "changes" | "dataLoss" | "reusedNumbers" | "unmeasured"
>;

/** The finding about a step that did not end in time, or before the service stopped. */
export function stoppedFinding({ reason, ...step }: Omit<StoppedStep, "after">): Finding {
  const what = step.file ?? "The plan";
  return finding(
    "ERROR",
    "interrupted",
    step,
    reason === "timeout"
      ? `${what} was not rehearsed to its end, because it ran out of time; make it smaller`
      : `${what} was not rehearsed to its end, because the run was cancelled`,
  );
}

function stepFindings(
  step: RehearsedStep,
  requires: SqliteVersion | null,
  engine: SqliteVersion,
): readonly Finding[] {
  return [
    ...requiresFindings(step, requires, engine),
    ...statementFindings(step),
    ...alterFormFindings(step, requires),
    ...schemaIntegrityFindings(step),
    ...forgottenColumnFindings(step),
    ...foreignKeyActionFindings(step),
  ];
}

// A statement that SQLite can parse may fail only because the file that was left out did not run.
function withoutFile(found: Finding, leftOut: StoppedStep): Finding {
  if (found.level !== "ERROR" || found.code !== "sql-error" && !isIntegrity(found)) return found;
  const message = `${found.file} was rehearsed without ${leftOut.file}, which did not end: ` +
    found.message;
  return { ...found, level: "INFO", code: "not-rehearsed", message };
}

function isIntegrity({ code }: Finding): boolean {
  return code === "broken-view" || code === "broken-trigger" ||
    code === "dangling-foreign-key" || code === "foreign-key-mismatch";
}

/** Each file once of which no step was rehearsed. */
function notRehearsed(
  steps: readonly PlanStep[],
  { steps: rehearsed, stopped }: Omit<Rehearsal, "queries">,
): readonly Finding[] {
  const reached = new Set([...rehearsed, ...stopped].map(({ version }) => version));
  const missed = new Map(
    steps.filter(({ version }) => !reached.has(version)).map((step) => [step.version, step]),
  );
  const last = stopped.at(-1)?.file ?? rehearsed.at(-1)?.file ?? "the rehearsal";
  return [...missed.values()].map((step) =>
    finding(
      "INFO",
      "not-rehearsed",
      step,
      `${step.file} was not rehearsed, because ${last} did not end`,
    )
  );
}
