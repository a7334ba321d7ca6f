// Findings about files without a database: each is rehearsed up, down and up. Pure; runs anywhere.

import type { Rehearsal, RehearsedStep } from "../execute/rehearsal.ts";
import { type Finding, finding, FINDING_CODES } from "../finding/finding.ts";
import type { Migration, SqliteVersion } from "../migration/migration.ts";
import { type PlanStep, planStep } from "../plan/migration_plan.ts";
import { hasStatement } from "../sqlite/skip_trivia.ts";
import { incompleteDownFindings } from "./incomplete_down.ts";
import { rehearsalFindings } from "./rehearsal_findings.ts";
import { reversibilityFindings } from "./reversibility.ts";

/** The migrations to rehearse one after the other: of two with one version, the first. */
export function uniqueVersions(migrations: readonly Migration[]): readonly Migration[] {
  return migrations.filter((each, index) => each.version !== migrations[index - 1]?.version);
}

/** The steps that try a migration's UP and, if there is one, its DOWN. */
export function thereAndBack(migration: Migration): readonly PlanStep[] {
  const up = planStep(migration, "apply");
  return hasStatement(migration.down.sql) ? [up, planStep(migration, "rollback"), up] : [up];
}

/** Every finding about `migrations`, whose `steps` were rehearsed. */
export function checkFindings(
  migrations: readonly Migration[],
  steps: readonly PlanStep[],
  rehearsal: Rehearsal,
  engine: SqliteVersion,
): readonly Finding[] {
  return [
    ...reversibilityFindings(migrations, "apply"),
    ...rehearsalFindingsOnce(steps, rehearsal, engine),
    ...incompleteDownFindings(rehearsal.steps),
  ];
}

/** The findings of each file's first UP and of its DOWN, except losses, which a DOWN intends. */
function rehearsalFindingsOnce(
  steps: readonly PlanStep[],
  rehearsal: Rehearsal,
  engine: SqliteVersion,
): readonly Finding[] {
  const seen = new Set<number>();
  const isFirst = (step: RehearsedStep): boolean => {
    if (step.direction === "rollback") return true;
    const isNew = !seen.has(step.version);
    seen.add(step.version);
    return isNew;
  };
  const reported = rehearsal.steps.flatMap((step, index) => {
    const planned = steps[index];
    if (planned === undefined || !isFirst(step)) return [];
    const findings = rehearsalFindings(
      [planned],
      { steps: [step], interrupted: null },
      engine,
      () => null,
    );
    return step.direction === "apply"
      ? findings
      : findings.filter(({ code }) => FINDING_CODES[code] !== "destructive");
  });
  const reached = new Set(rehearsal.steps.map(({ version }) => version));
  const missed = steps.filter(({ version, direction }, index) =>
    !reached.has(version) && direction === "apply" && steps[index - 1]?.version !== version
  );
  const stopped = rehearsal.steps.at(-1)?.file ?? "the rehearsal";
  const seenMissed = [...new Map(missed.map((step) => [step.version, step])).values()];
  return [
    ...reported,
    ...seenMissed.map((step) =>
      finding(
        "INFO",
        "not-rehearsed",
        step,
        `${step.file} was not rehearsed, because ${stopped} did not end`,
      )
    ),
  ];
}
