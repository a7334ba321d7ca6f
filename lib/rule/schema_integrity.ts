// Findings about what a migration leaves broken or forgets. Pure; runs anywhere.

import type { RehearsedStep } from "../execute/rehearsal.ts";
import type { ReservedReference } from "../execute/reserved_references.ts";
import { type Finding, finding } from "../finding/finding.ts";
import { subjectOf } from "../finding/subject_of.ts";
import { isReserved } from "../plan/reserved_names.ts";

/** Finds broken views and triggers, keys without a parent, and what a rebuild did not make again. */
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
        // A new table may come before the one that it points at; an old one must not lose its parent.
        isNew(step, table) ? "WARNING" : "ERROR",
        "dangling-foreign-key",
        subject,
        `The foreign key "${table}" (${columns}) points at "${parent}", which does not exist; ` +
          `create it first, or rebuild "${table}" without the key`,
      )
    ),
    ...step.lost.map(({ object, table, name }) =>
      finding(
        "WARNING",
        object === "index" ? "lost-index" : "lost-trigger",
        subject,
        `Rebuilding "${table}" loses the ${object} "${name}"; create it again after the rename, ` +
          `or drop it by name if it is not needed`,
      )
    ),
    ...step.reservedReferences.map(({ object, name, reserved }) =>
      finding(
        "ERROR",
        "reserved-table",
        subject,
        `${SUBJECTS[object]} "${name}" reaches into "${reserved}", which belongs to godwit; ` +
          `make it without that table`,
      )
    ),
    ...step.reservedNames.map((name) =>
      finding(
        "ERROR",
        "reserved-table",
        subject,
        `"${name}" is a reserved name; rename the table to something that does not begin with "godwit_"`,
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
