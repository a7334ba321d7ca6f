// Findings about rows that something new in a table refuses. Pure; runs anywhere.

import type { ViolatingRows } from "../execution/violating_rows.ts";
import { counted } from "../finding/counted.ts";
import { type Finding, finding, type FindingSubject } from "../finding/finding.ts";
import { subjectOf } from "../finding/subject_of.ts";
import { fieldsOf } from "./shown_row.ts";

/** Says which rows the UP of a file fails on, how many there are, and the way out. */
export function violationFindings(
  step: FindingSubject,
  violations: readonly ViolatingRows[],
): readonly Finding[] {
  return violations.map((each) => {
    const { table, columns, example } = each;
    const shown = example === null ? "" : fieldsOf(example.columns, example.values);
    const such = shown === "" ? "" : `, such as ${shown}`;
    const message = `${sentenceOf(each)}${such}; ${remedyFor(each)}`;
    const about = columns.length === 1 ? `${table}.${columns[0]}` : table;
    return finding("ERROR", "constraint-violation", subjectOf(step), message, { about });
  });
}

const LONGEST_CHECK = 100;

function sentenceOf({ table, columns, constraint, rows }: ViolatingRows): string {
  const amount = counted(rows, "row");
  const names = columns.map((column) => `"${column}"`).join(", ");
  switch (constraint.kind) {
    case "not-null":
      return `${amount} of "${table}" ${has(rows)} no value in ${names}, which is NOT NULL now`;
    case "check": {
      const line = constraint.expression.replaceAll(/\s+/g, " ");
      const text = line.length > LONGEST_CHECK ? `${line.slice(0, LONGEST_CHECK)}...` : line;
      return `The new CHECK (${text}) refuses ${amount} of "${table}"`;
    }
    case "unique":
      return `${amount} of "${table}" ${has(rows)} equal values in ${names}, which ` +
        `${is(columns)} UNIQUE now`;
    case "foreign-key":
      return `${amount} of "${table}" ${has(rows)} no parent in "${constraint.parent}" for ` +
        `${names}, which ${is(columns)} a foreign key now`;
  }
  constraint satisfies never;
  return amount;
}

function remedyFor({ constraint: { kind } }: ViolatingRows): string {
  const correct = "correct them with a statement above, in the same file";
  return kind === "not-null" ? `${correct}, or give the column a default` : correct;
}

function is(columns: readonly string[]): string {
  return columns.length === 1 ? "is" : "are";
}

function has(rows: number): string {
  return rows === 1 ? "has" : "have";
}
