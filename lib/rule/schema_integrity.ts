// Findings about objects that a migration breaks or loses. Pure; runs anywhere.

import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import type { ReservedReference } from "../rehearsal/reserved_references.ts";
import { type Finding, finding } from "../finding/finding.ts";
import { subjectOf } from "../finding/subject_of.ts";
import { isReserved } from "../plan/reserved_names.ts";

/** Finds broken views and triggers, keys without a parent, and objects that a rebuild lost. */
export function schemaIntegrityFindings(step: RehearsedStep): readonly Finding[] {
  const subject = subjectOf(step);
  return [
    ...step.broken.map(({ object, name, triggers, message }) =>
      object === "view"
        ? finding(
          "ERROR",
          "broken-view",
          subject,
          `The view "${name}" no longer works: ${message}; drop it first and create it again`,
        )
        : finding(
          "ERROR",
          "broken-trigger",
          subject,
          `A trigger on "${name}" no longer works (${triggers.join(", ")}): ${message}; ` +
            `drop it first and create it again`,
        )
    ),
    ...step.dangling.filter(({ parent }) => !isReserved(parent)).map(({ table, columns, parent }) =>
      finding(
        // A new table may be created before its parent; an old one must not lose its parent.
        isNew(step, table) ? "WARNING" : "ERROR",
        "dangling-foreign-key",
        subject,
        `The foreign key "${table}" (${columns}) references "${parent}", which does not exist; ` +
          `create it first, or rebuild "${table}" without the key`,
      )
    ),
    ...step.lost.map(({ object, owner, table, name }) =>
      finding(
        "WARNING",
        object === "index" ? "lost-index" : "lost-trigger",
        subject,
        owner === "table"
          ? `Rebuilding "${table}" loses the ${object} "${name}"; create it again after the ` +
            `rename, or drop it by name if it is not needed`
          : `Replacing the view "${table}" loses the ${object} "${name}"; create it again after ` +
            `the view, or drop it by name if it is not needed`,
      )
    ),
    ...step.reservedReferences.map(({ object, name, reserved }) =>
      finding(
        "ERROR",
        "reserved-table",
        subject,
        `${SUBJECTS[object]} "${name}" uses "${reserved}", which belongs to godwit; ` +
          `create it without that table`,
      )
    ),
    ...step.reservedNames.map((name) =>
      finding(
        "ERROR",
        "reserved-table",
        subject,
        `"${name}" is a reserved name; use a name that does not begin with "godwit_"`,
      )
    ),
  ];
}

const SUBJECTS: Readonly<Record<ReservedReference["object"], string>> = {
  "view": "The view",
  "trigger": "A trigger on",
  "foreign key": "A foreign key of",
};

function isNew(step: RehearsedStep, table: string): boolean {
  return step.changes.some(({ change, object, name }) =>
    change === "added" && object === "table" && name === table
  );
}
