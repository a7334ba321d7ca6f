// Findings about a plan that was executed. Pure; runs anywhere.

import type { Execution, StepFailure } from "../execution/execution.ts";
import {
  type Finding,
  finding,
  type FindingCode,
  type FindingSubject,
} from "../finding/finding.ts";
import { violationFindings } from "./violations.ts";

const FAILURE_CODES: Readonly<Record<StepFailure["reason"], FindingCode>> = {
  "sql": "sql-error",
  "foreign-keys": "foreign-key-violation",
  "foreign-key-action": "foreign-key-action",
  "broken-schema": "broken-schema",
  "timeout": "interrupted",
  "cancelled": "interrupted",
  "unavailable": "storage",
};

/** The failure that ended an execution, and the rows that it is about. */
export function failureFindings({ end }: Pick<Execution, "end">): readonly Finding[] {
  if (end.kind !== "failed") return [];
  const { failure } = end;
  const code = FAILURE_CODES[failure.reason];
  return [
    finding("ERROR", code, failure, failure.message, failure.place ?? {}),
    ...violationFindings(failure, failure.violations),
  ];
}

/** A note where the free space for a backup could not be read; `first` is the first step. */
export function backupFindings(
  { spaceChecked }: Pick<Execution, "spaceChecked">,
  first: FindingSubject | undefined,
): readonly Finding[] {
  if (spaceChecked || first === undefined) return [];
  const message = "The free space for the backup could not be looked at; grant --allow-sys=statfs";
  return [finding("INFO", "no-backup-space-check", first, message)];
}
