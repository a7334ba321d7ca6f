// Makes the failure of a step that is not committed. Pure.

import { clippedMessage } from "../clipped_text.ts";
import { SourceText } from "../finding/source_text.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import type { StatementText } from "../sqlite/script.ts";
import { adviseOn, isUnavailable, type SqliteFailure } from "../sqlite/sqlite_error.ts";
import type { Interrupter } from "../statement/interrupter.ts";
import type { StepFailure } from "./execution.ts";

/** A failure that godwit finds after or between the statements of a step. */
export function stepFailure(
  { version, name, file }: PlanStep,
  reason: StepFailure["reason"],
  message: string,
): StepFailure {
  return {
    version,
    name,
    file,
    reason,
    message: clippedMessage(message),
    sqliteCode: null,
    outcome: "undone",
    place: null,
    violations: [],
  };
}

/** The failure of a statement, or of SQL of godwit's own, which has no `text`. */
export function sqlFailure(
  step: PlanStep,
  interrupter: Interrupter,
  failure: SqliteFailure,
  text: StatementText | null = null,
): StepFailure {
  const place = text === null ? null : placeOf(step, text, failure.offset);
  if (failure.code === "SQLITE_INTERRUPT") return { ...interrupted(step, interrupter), place };
  const reason = text === null || isUnavailable(failure.code) ? "unavailable" : "sql";
  return {
    ...stepFailure(step, reason, adviseOn(failure)),
    sqliteCode: failure.code,
    place,
  };
}

/** The failure of a step that was cancelled or ran out of time. */
export function interrupted(step: PlanStep, { reason }: Interrupter): StepFailure {
  return reason === "cancelled"
    ? stepFailure(step, "cancelled", `${step.file} was cancelled`)
    : stepFailure(
      step,
      "timeout",
      `${step.file} ran out of time; allow more with timeout_ms, or make it smaller`,
    );
}

/** Where a statement is in its file, or the token at fault. */
export function placeOf(
  step: PlanStep,
  text: StatementText,
  offset: number | null = null,
): NonNullable<StepFailure["place"]> {
  return new SourceText(step).placeOf(text, offset ?? text.offset);
}
