// Adds suggestions to the findings that they cure. Pure; runs anywhere.

import { type Finding, type FindingCode, isError, type Suggestion } from "../finding/finding.ts";
import type { Migration } from "../migration/migration.ts";
import { accepts } from "../rule/acceptances.ts";
import type { RehearsalFindings } from "../rule/rehearsal_findings.ts";
import { tokensOf } from "../sqlite/tokens.ts";

/** A suggestion, and the findings that its file still has. */
export interface CheckedSuggestion {
  readonly suggestion: Suggestion;
  readonly left: readonly Finding[];
}

/** The suggestion for each file that has one, by version. */
export type Suggestions = ReadonlyMap<number, CheckedSuggestion>;

const CURABLE: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "alter-drop-column",
  "alter-column",
  "alter-constraint",
  "needs-empty-table",
  "lost-index",
  "lost-trigger",
  "copy-forgets-column",
  "misplaced-columns",
  "foreign-key-mismatch",
  "incomplete-down",
  "stray-reference",
  "dangling-foreign-key",
  "broken-view",
  "broken-trigger",
  "transaction-control",
  "pragma",
]);

/** Whether there may be a cure. */
function isCurable({ code, accepted, statement }: Finding): boolean {
  if (accepted !== null) return false;
  if (code !== "sql-error" && code !== "syntax-error") return CURABLE.has(code);
  const [first, second] = tokensOf(statement ?? "").take(2);
  return first?.text.toUpperCase() === "ALTER" && second?.text.toUpperCase() === "TABLE";
}

/** The files with a finding that may have a cure. */
export function curableFiles(
  migrations: readonly Migration[],
  findings: readonly Finding[],
): readonly Migration[] {
  return migrations.filter(({ version, accepts: accepted }) =>
    findings.some((found) =>
      found.version === version && isCurable(found) && !accepts(accepted, found)
    )
  );
}

/** The findings, each with the suggestion in which it is cured. */
export function withSuggestions(
  { steps, rest }: RehearsalFindings,
  suggestions: Suggestions,
): RehearsalFindings {
  if (suggestions.size === 0) return { steps, rest };
  const add = (found: Finding): Finding => {
    const checked = found.version === null ? undefined : suggestions.get(found.version);
    const isCured = checked !== undefined && isCurable(found) &&
      (isError(found) || !checked.left.some((each) => isSame(each, found)));
    return isCured ? { ...found, suggestion: checked.suggestion } : found;
  };
  return {
    steps: steps.map((step) => ({ ...step, facts: step.facts.map(add) })),
    rest: rest.map(add),
  };
}

function isSame(one: Finding, other: Finding): boolean {
  return one.code === other.code && one.about === other.about;
}
