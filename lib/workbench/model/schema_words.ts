// Describes what a schema.sql that is edited leads to. Pure; runs anywhere.

import type { SchemaComparison, SchemaFinding } from "../../browser/comparison.ts";
import type { FindingMessage } from "../../message/reply.ts";
import type { Outcome } from "../../outcome.ts";
import { count } from "./words.ts";

/** What the words depend on. */
export interface ComparedDraft {
  readonly isComparing: boolean;
  readonly answer: Outcome<SchemaComparison> | null;
  readonly shown: SchemaFinding | null;
}

/** Whether what is shown is what the present text leads to. */
export function isUpToDate({ isComparing, answer, shown }: ComparedDraft): boolean {
  return !isComparing && answer?.ok === true && answer.value.found.kind !== "wrong" &&
    shown !== null;
}

/** The state of the draft in a few words. */
export function describeSchemaDraft({ isComparing, answer }: ComparedDraft): string {
  if (isComparing || answer === null) return "Comparing …";
  if (!answer.ok) return "Not compared";
  const { found } = answer.value;
  switch (found.kind) {
    case "wrong":
      return `Error in line ${found.line}`;
    case "same":
      return "No change";
    case "different": {
      const open = found.questions.filter((question) => question.answer === null).length;
      if (open > 0) return `${count(open, "question")} to answer`;
      if (found.file?.ok === false) return "No file can be generated";
      return `${count(found.effect.changes.length, "change")}`;
    }
  }
  found satisfies never;
}

/** The error of the text as a finding at its line. */
export function schemaFindings(
  answer: Outcome<SchemaComparison> | null,
): readonly FindingMessage[] {
  if (answer?.ok !== true || answer.value.found.kind !== "wrong") return [];
  const { message, line, column } = answer.value.found;
  return [{
    level: "ERROR",
    message,
    migration_version: null,
    migration_name: null,
    category: "syntax",
    code: "sql-error",
    file: "schema.sql",
    line,
    column,
  }];
}
