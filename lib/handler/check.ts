// Checks a plugin's files by themselves, without its database: for CI and for authors.

import type { Rehearsal, RehearsedStep } from "../execute/rehearsal.ts";
import { type Finding, finding, FINDING_CODES } from "../finding/finding.ts";
import type { Migration } from "../migration/migration.ts";
import { hasStatement } from "../migration/skip_trivia.ts";
import { parseSqliteVersion } from "../migration/sqlite_version.ts";
import { type PlanStep, planStep } from "../plan/migration_plan.ts";
import { rehearsalFindings } from "../rule/rehearsal_findings.ts";
import { reversibilityFindings } from "../rule/reversibility.ts";
import { incompleteDownFindings } from "../rule/incomplete_down.ts";
import type { HandlerContext } from "./context.ts";

/** What is to say about a plugin's files, or why there is no such plugin. */
export type CheckReport =
  | { readonly found: true; readonly migrations: number; readonly findings: readonly Finding[] }
  | { readonly found: false; readonly message: string };

// Files are rehearsed without rows, so a minute is long.
const TIMEOUT_MS = 60_000;

/**
 * Parses every file and rehearses it on an empty database: up, down, and up again, so that a DOWN
 * that does not undo its UP is noticed before somebody needs it.
 */
export async function check(plugin: string, context: HandlerContext): Promise<CheckReport> {
  const loaded = await context.source.load(plugin);
  if (!loaded.found) return loaded;
  const { migrations, findings } = loaded;
  // Two files with one version cannot both be rehearsed.
  const unique = migrations.filter((each, index) =>
    each.version !== migrations[index - 1]?.version
  );
  const steps = unique.flatMap(thereAndBack);
  await using session = await context.databases.open({ kind: "empty" }, "read");
  const patience = { timeoutMs: TIMEOUT_MS, signal: context.signal };
  const rehearsed = await session.rehearse(steps, patience);
  if (!rehearsed.ok) throw new Error(rehearsed.message);
  const { rehearsal } = rehearsed.value;
  return {
    found: true,
    migrations: migrations.length,
    findings: [
      ...findings,
      ...reversibilityFindings(unique, "apply"),
      ...rehearsalFindingsOnce(steps, rehearsal, context),
      ...incompleteDownFindings(rehearsal.steps),
    ],
  };
}

function thereAndBack(migration: Migration): readonly PlanStep[] {
  const up = planStep(migration, "apply");
  return hasStatement(migration.down.sql) ? [up, planStep(migration, "rollback"), up] : [up];
}

/** The findings of each file's first UP and of its DOWN; what a DOWN takes away is its purpose. */
function rehearsalFindingsOnce(
  steps: readonly PlanStep[],
  rehearsal: Rehearsal,
  context: HandlerContext,
): readonly Finding[] {
  const engine = parseSqliteVersion(context.databases.engineVersion) ?? [0, 0, 0];
  const seen = new Set<number>();
  const isFirst = (step: RehearsedStep): boolean => {
    if (step.direction === "rollback") return true;
    const isNew = !seen.has(step.version);
    seen.add(step.version);
    return isNew;
  };
  const told = rehearsal.steps.flatMap((step, index) => {
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
    ...told,
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
