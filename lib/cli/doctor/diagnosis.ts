// What a check of the set-up finds, and how it is printed. Pure.

import type { Colors } from "../console.ts";
import { paragraph } from "../render/layout.ts";

/** The result of one check. */
export interface Diagnosis {
  /** What was looked at: `data directory`. */
  readonly subject: string;
  /** `problem`: godwit cannot do its work here. `warning`: a part of it is missing. */
  readonly state: "ok" | "warning" | "problem";
  /** What is so. */
  readonly message: string;
  /** How to mend it; `null` where nothing is wrong. */
  readonly remedy: string | null;
}

/** Nothing is wrong. */
export function fine(subject: string, message: string): Diagnosis {
  return { subject, state: "ok", message, remedy: null };
}

/** A part is missing. */
export function warning(subject: string, message: string, remedy: string): Diagnosis {
  return { subject, state: "warning", message, remedy };
}

/** godwit cannot do its work. */
export function problem(subject: string, message: string, remedy: string): Diagnosis {
  return { subject, state: "problem", message, remedy };
}

/** One or two lines for each check, and a last one that sums up. */
export function renderDiagnoses(diagnoses: readonly Diagnosis[], colors: Colors): string {
  const marks = { ok: colors.green("✓"), warning: colors.yellow("!"), problem: colors.red("✗") };
  const lines = diagnoses.flatMap(({ subject, state, message, remedy }) => [
    paragraph(`${marks[state]} ${subject}:`, message),
    ...remedy === null ? [] : [paragraph("  →", remedy)],
  ]);
  const count = (state: Diagnosis["state"]): number =>
    diagnoses.filter((each) => each.state === state).length;
  const problems = count("problem");
  const warnings = count("warning");
  const sum = problems > 0
    ? `${problems} of ${diagnoses.length} checks found a problem`
    : warnings > 0
    ? `It works; ${warnings} of ${diagnoses.length} checks found something to mend`
    : "Everything is as it should be";
  return [...lines, "", sum].join("\n");
}
