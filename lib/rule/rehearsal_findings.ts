// Turns the facts of a rehearsal into findings by every rule. Pure; runs anywhere.

import type { DataLoss } from "../execute/data_loss.ts";
import type { Rehearsal, RehearsedStep } from "../execute/rehearsal.ts";
import { type Finding, finding } from "../finding/finding.ts";
import type { SqliteVersion } from "../migration/migration.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import { alterFormFindings, requiresFindings } from "./alter_forms.ts";
import { destructiveFindings } from "./destructive.ts";
import { schemaIntegrityFindings } from "./schema_integrity.ts";
import { statementFindings } from "./statements.ts";

/** Applies every rule to a rehearsal; `lossesOf` returns the losses counted for a version. */
export function rehearsalFindings(
  steps: readonly PlanStep[],
  rehearsal: Rehearsal,
  engine: SqliteVersion,
  lossesOf: (version: number) => readonly DataLoss[] | null,
): readonly Finding[] {
  return [
    ...rehearsal.steps.flatMap((rehearsed, index) =>
      stepFindings(rehearsed, steps[index]?.requires ?? null, engine, lossesOf(rehearsed.version))
    ),
    ...steps.slice(rehearsal.steps.length).map((step) =>
      finding(
        "INFO",
        "not-rehearsed",
        step,
        `${step.file} was not rehearsed, because ${
          steps[rehearsal.steps.length - 1]?.file ?? "the rehearsal"
        } did not end`,
      )
    ),
  ];
}

function stepFindings(
  step: RehearsedStep,
  requires: SqliteVersion | null,
  engine: SqliteVersion,
  losses: readonly DataLoss[] | null,
): readonly Finding[] {
  return [
    ...requiresFindings(step, requires, engine),
    ...statementFindings(step),
    ...alterFormFindings(step, requires),
    ...schemaIntegrityFindings(step),
    ...destructiveFindings(step, losses),
  ];
}
