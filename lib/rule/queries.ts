// Findings about the statements that a plugin's code runs. Pure; runs anywhere.

import { type Finding, finding, type FindingSubject } from "../finding/finding.ts";
import { detailOf, subjectOf } from "../finding/subject_of.ts";
import type { BrokenQuery, FailingQuery, UncheckedQuery } from "../rehearsal/query_facts.ts";
import type { Rehearsal, RehearsedStep } from "../rehearsal/rehearsal.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { type Cause, causeOf, dropIn, missingIn } from "./cause.ts";

/**
 * What is judged: a check judges the code as well as the files, and finds errors. A run goes as far
 * as its target says, whatever the code is, and warns of what it breaks.
 */
export type QueryExtent = "check" | "run";

/**
 * Finds the statements that a step breaks, and in a check those that work at no version or are not
 * checked. `unread` are findings about files of statements that could not be read.
 */
export function queryFindings(
  steps: readonly PlanStep[],
  rehearsal: Rehearsal,
  unread: readonly Finding[],
  extent: QueryExtent,
): readonly Finding[] {
  // Without a file that did not end, or the files after one with an error, nothing is proven.
  const isWhole = rehearsal.stopped.length === 0 && rehearsal.steps.length === steps.length &&
    rehearsal.steps.every(({ complete }) => complete);
  const broken = rehearsal.stopped.length > 0
    ? []
    : rehearsal.steps.flatMap((step) =>
      step.brokenQueries.map((each) => brokenFinding(step, each))
    );
  if (extent === "run") return [...unread, ...broken].map(asWarning);
  const { failing, unchecked } = rehearsal.queries;
  return [
    ...unread,
    ...broken,
    ...(isWhole ? failing.map(failingFinding) : []),
    ...unchecked.map(uncheckedFinding),
  ];
}

function brokenFinding(step: RehearsedStep, broken: BrokenQuery): Finding {
  const { file, position, excerpt, statement, message, mendedBy } = broken;
  const cause = causeOfBreak(step, broken);
  const by = cause === null ? "" : `, by the ${cause.words}`;
  const sentence = `The statement at ${placeOf(broken)} no longer works: ${message}${by}`;
  const query = { file, position, excerpt, statement };
  const detail = { about: file, query, ...(cause === null ? {} : detailOf(cause.statement)) };
  return mendedBy === null
    ? finding(
      "ERROR",
      "broken-query",
      subjectOf(step),
      `${sentence}; keep what it uses until no released code runs it, or accept ` +
        `"broken-query ${file}" with its reason`,
      detail,
    )
    : finding(
      "WARNING",
      "broken-query",
      subjectOf(step),
      `${sentence}, until ${mendedBy.file} has run; join the files if it must not fail in between`,
      detail,
    );
}

// A rebuild drops the whole table, and not the column that SQLite names.
function causeOfBreak(step: RehearsedStep, { message, uses }: BrokenQuery): Cause | null {
  const own = causeOf(step, missingIn(message));
  if (own !== null) return own;
  const rebuilt = step.statements.find(({ drops }) =>
    drops.some((table) => uses.includes(foldName(table)))
  );
  return rebuilt === undefined ? null : dropIn(rebuilt);
}

function failingFinding({ message, version, isDeclared, ...place }: FailingQuery): Finding {
  const reason = isDeclared
    ? `The statement does not work at version ${version}, from which on the file says that code ` +
      `runs it: ${message}; correct the statement, or the line "versions"`
    : `The statement works at no version up to ${version}: ${message}; ` +
      `correct it, or write the migration that it needs`;
  return finding("ERROR", "failing-query", fileSubject(place.file), reason, detailOf(place));
}

function uncheckedFinding({ reason, ...place }: UncheckedQuery): Finding {
  const message = `The statement is not checked: ${reason}`;
  return finding("WARNING", "unchecked-query", fileSubject(place.file), message, detailOf(place));
}

function asWarning(found: Finding): Finding {
  return found.level === "ERROR" ? { ...found, level: "WARNING" } : found;
}

function fileSubject(file: string): FindingSubject {
  return { version: null, name: null, file };
}

function placeOf({ file, position: { line, column } }: BrokenQuery): string {
  return `${file}:${line}:${column}`;
}
