// Findings about objects that a migration breaks or loses. Pure; runs anywhere.

import { type Finding, finding, NO_MIGRATION } from "../finding/finding.ts";
import { detailOf, subjectOf } from "../finding/subject_of.ts";
import type { Breakage, RehearsedStep, ReservedReference } from "../rehearsal/rehearsal.ts";
import type { MissingObject } from "../rehearsal/shadow.ts";
import type { BrokenObject } from "../sqlite/compiled_objects.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { ForeignKeyFault } from "../sqlite/foreign_key_faults.ts";
import { type Cause, causeOf, missingIn } from "./cause.ts";
import { renameAdvice, strayReferenceFindings } from "./stray_references.ts";

/** Finds views, triggers and keys that do not work, and objects that a rebuild lost. */
export function schemaIntegrityFindings(step: RehearsedStep): readonly Finding[] {
  const subject = subjectOf(step);
  return [
    ...step.broken.map((broken) => brokenFinding(step, broken)),
    ...step.faultyKeys.map((fault) => keyFinding(step, fault)),
    ...strayReferenceFindings(step, ({ now }) => isMissing(step, now)),
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
        { about: name },
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

/** Names what of the database this SQLite cannot load. */
export function missingFindings(missing: readonly MissingObject[]): readonly Finding[] {
  return missing.map(({ object, name, message }) =>
    finding(
      "WARNING",
      "unloadable-object",
      NO_MIGRATION,
      `The ${object} "${name}" cannot be loaded here (${message}), so statements that use it run ` +
        `without a rehearsal`,
    )
  );
}

const SUBJECTS: Readonly<Record<ReservedReference["object"], string>> = {
  "view": "The view",
  "trigger": "A trigger on",
  "foreign key": "A foreign key of",
};

function brokenFinding(step: RehearsedStep, broken: Breakage<BrokenObject>): Finding {
  const { object, name, triggers, message } = broken;
  const what = object === "view"
    ? `The view "${name}"`
    : `A trigger on "${name}" (${triggers.join(", ")})`;
  const cause = causeOf(step, missingIn(message));
  const code = object === "view" ? "broken-view" : "broken-trigger";
  const by = cause === null ? "" : `, by the ${cause.words}`;
  const advice = renameAdvice(step, missingIn(message));
  const still = isAdded(step, name) ? "does not work" : "no longer works";
  return breakageFinding(step, broken, code, "ERROR", name, cause, {
    sentence: `${what} ${still}: ${message}${by}${advice?.reason ?? ""}`,
    remedy: advice?.remedy ?? "drop it first and create it again",
  });
}

function keyFinding(step: RehearsedStep, fault: Breakage<ForeignKeyFault>): Finding {
  const { kind, table, columns, parent, parentColumns } = fault;
  const key = `The foreign key "${table}" (${columns}) references "${parent}"`;
  // A rollback brings back a schema that was there, and its rows are checked before the commit.
  const isOld = step.direction === "rollback";
  if (kind === "mismatch") {
    const referenced = parentColumns === "" ? "" : ` (${parentColumns})`;
    return breakageFinding(
      step,
      fault,
      "foreign-key-mismatch",
      isOld ? "WARNING" : "ERROR",
      table,
      null,
      {
        sentence: `${key}${referenced}, which is neither its primary key nor UNIQUE`,
        remedy: "create a UNIQUE index on these columns, or reference the primary key",
      },
    );
  }
  const cause = causeOf(step, parent);
  // A new table may be created before its parent; an old one must not lose its parent.
  const level = isOld || isAdded(step, table) ? "WARNING" : "ERROR";
  const after = cause === null ? "" : ` after the ${cause.words}`;
  const advice = renameAdvice(step, parent);
  return breakageFinding(step, fault, "dangling-foreign-key", level, table, cause, {
    sentence: `${key}, which does not exist${after}${advice?.reason ?? ""}`,
    remedy: advice?.remedy ?? `create it first, or rebuild "${table}" without the key`,
  });
}

function breakageFinding(
  step: RehearsedStep,
  { mendedBy }: Breakage<object>,
  code: "broken-view" | "broken-trigger" | "dangling-foreign-key" | "foreign-key-mismatch",
  level: "ERROR" | "WARNING",
  about: string,
  cause: Cause | null,
  { sentence, remedy }: { readonly sentence: string; readonly remedy: string },
): Finding {
  const detail = { about, ...(cause === null ? {} : detailOf(cause.statement)) };
  const way = level === "ERROR" && cause !== null
    ? `${remedy}, here or in a file that is applied in the same run`
    : remedy;
  return mendedBy === null
    ? finding(level, code, subjectOf(step), `${sentence}; ${way}`, detail)
    : finding(
      "WARNING",
      code,
      subjectOf(step),
      `${sentence}, until ${mendedBy.file} has run; join the files if it must not fail in between`,
      detail,
    );
}

/** Whether there is a finding that a table does not exist. */
function isMissing({ broken, faultyKeys }: RehearsedStep, table: string): boolean {
  const names = [
    ...broken.map(({ message }) => missingIn(message)),
    ...faultyKeys.map(({ parent }) => parent),
  ];
  return names.some((name) => name !== null && foldName(name) === foldName(table));
}

function isAdded(step: RehearsedStep, name: string): boolean {
  return step.changes.some((change) =>
    change.change === "added" && (change.object === "table" || change.object === "view") &&
    change.name === name
  );
}
