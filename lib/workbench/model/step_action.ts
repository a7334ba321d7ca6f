// The run that a step of the timeline offers: direction, target and migrations. Pure; runs
// anywhere.

import type { FindingMessage, MigrationReference, StatusReply } from "../../message/reply.ts";
import { padVersion } from "./words.ts";

/** A run to request. */
export interface PlannedRun {
  readonly verb: "apply" | "rollback";
  readonly target: number;
  /** The label of the button. */
  readonly label: string;
  /** The migrations that will run, in this order. */
  readonly migrations: readonly MigrationReference[];
}

/** Why there is no run. */
export interface NoRun {
  readonly verb: "none";
  readonly reason: string;
  /** The key of the step with the error that blocks it; `null` if no error does. */
  readonly blocker: string | null;
}

/** A run, or why there is none. */
export type StepAction = PlannedRun | NoRun;

/** The run of everything that is pending. */
export function applyAll(status: StatusReply): StepAction {
  const last = status.pending_migrations.at(-1);
  if (last === undefined) return none("Nothing is pending");
  const blocker = blockerOf(status, Infinity);
  return blocker ?? {
    verb: "apply",
    target: last.version,
    label: "Apply all",
    migrations: status.pending_migrations,
  };
}

/**
 * The run from the current version to `version`. 0 is the empty database, and `null` is a file
 * without a version. At the current version, the run is one step back.
 */
export function stepAction(status: StatusReply, version: number | null): StepAction {
  if (version === null) {
    return none("The file's name has no version, so it cannot be applied");
  }
  const { current_version: current } = status;
  const applied = [...status.applied_migrations].sort((one, other) => one.version - other.version);
  const isApplied = version === 0 || applied.some((entry) => entry.version === version);
  if (!isApplied) return applyTo(status, version);
  if (version === current) return backOne(applied);
  return {
    verb: "rollback",
    target: version,
    label: version === 0 ? "Roll back everything" : `Roll back to ${padVersion(version)}`,
    migrations: applied.filter((entry) => entry.version > version).reverse().map(reference),
  };
}

function applyTo(status: StatusReply, version: number): StepAction {
  if (version < status.current_version) {
    return none(
      `Version ${status.current_version} is applied already; give this file a number ` +
        `above ${status.current_version}`,
    );
  }
  const migrations = status.pending_migrations.filter((entry) => entry.version <= version);
  if (!migrations.some((entry) => entry.version === version)) {
    return none("The file cannot be read, so it cannot be applied");
  }
  const blocker = blockerOf(status, version);
  return blocker ?? { verb: "apply", target: version, label: "Apply to here", migrations };
}

/**
 * The first error that stops an apply up to `target`: of a file up to there, or of one without a
 * version, which may belong anywhere. Errors of later files stop no run that does not need them.
 */
function blockerOf(status: StatusReply, target: number): NoRun | null {
  const error = [...status.checksum_warnings, ...status.pending_warnings].find((
    { level, migration_version: version },
  ) => level === "ERROR" && (version === null || version <= target));
  return error === undefined ? null : none(wordsOf(error), keyOf(error));
}

// The error itself is shown with the file.
function wordsOf({ file, message }: FindingMessage): string {
  return file === undefined ? `Blocked: ${message}` : `Blocked by an error in ${file}`;
}

function keyOf({ migration_version: version, file }: FindingMessage): string | null {
  return version === null ? file ?? null : String(version);
}

function none(reason: string, blocker: string | null = null): NoRun {
  return { verb: "none", reason, blocker };
}

function backOne(applied: readonly MigrationReference[]): StepAction {
  const last = applied.at(-1);
  return last === undefined ? none("Nothing is applied yet") : {
    verb: "rollback",
    target: applied.at(-2)?.version ?? 0,
    label: "Roll back this step",
    migrations: [reference(last)],
  };
}

function reference({ version, name }: MigrationReference): MigrationReference {
  return { version, name };
}
