// The run that a step of the timeline offers: direction, target and migrations. Pure; runs
// anywhere.

import type { MigrationReference, StatusReply } from "../../message/reply.ts";

/** A run to request. */
export interface PlannedRun {
  readonly verb: "apply" | "rollback";
  readonly target: number;
  /** The label of the button. */
  readonly label: string;
  /** The migrations that will run, in this order. */
  readonly migrations: readonly MigrationReference[];
}

/** A run, or why there is none. */
export type StepAction = PlannedRun | { readonly verb: "none"; readonly reason: string };

/**
 * The run from the current version to `version`. 0 is the empty database, and `null` is a file
 * without a version. At the current version, the run is one step back.
 */
export function stepAction(status: StatusReply, version: number | null): StepAction {
  if (version === null) {
    return { verb: "none", reason: "The file's name has no version, so it cannot be applied" };
  }
  const { current_version: current } = status;
  const applied = [...status.applied_migrations].sort((one, other) => one.version - other.version);
  const isApplied = version === 0 || applied.some((entry) => entry.version === version);
  if (!isApplied) return applyTo(status, version);
  if (version === current) return backOne(applied);
  return {
    verb: "rollback",
    target: version,
    label: version === 0 ? "Roll back everything" : "Roll back to here",
    migrations: applied.filter((entry) => entry.version > version).reverse().map(reference),
  };
}

function applyTo(status: StatusReply, version: number): StepAction {
  if (version < status.current_version) {
    return {
      verb: "none",
      reason: `Version ${status.current_version} is applied already; give this file a number ` +
        `above ${status.current_version}`,
    };
  }
  const migrations = status.pending_migrations.filter((entry) => entry.version <= version);
  return migrations.some((entry) => entry.version === version)
    ? { verb: "apply", target: version, label: "Apply to here", migrations }
    : { verb: "none", reason: "The file cannot be read, so it cannot be applied" };
}

function backOne(applied: readonly MigrationReference[]): StepAction {
  const last = applied.at(-1);
  return last === undefined ? { verb: "none", reason: "Nothing is applied yet" } : {
    verb: "rollback",
    target: applied.at(-2)?.version ?? 0,
    label: "Roll back this step",
    migrations: [reference(last)],
  };
}

function reference({ version, name }: MigrationReference): MigrationReference {
  return { version, name };
}
