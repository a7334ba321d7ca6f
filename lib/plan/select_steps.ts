// Decides which migrations a request runs, by comparing sets of versions. Pure; runs anywhere.

import { formatFileName } from "../migration/file_name.ts";
import type { Migration } from "../migration/migration.ts";
import { appliedEntries, currentVersion, type History } from "./history.ts";

/** Whether migrations are applied or rolled back. */
export type Direction = "apply" | "rollback";

/** Where a run should end: a version, the newest file, or one step back. */
export type Target =
  | { readonly direction: "apply"; readonly version: number | "latest" }
  | { readonly direction: "rollback"; readonly version: number | "previous" };

/** The migrations to run, in order, and the versions before and after. */
export type Selection =
  | {
    readonly ok: true;
    readonly from: number;
    readonly to: number;
    readonly migrations: readonly Migration[];
  }
  | { readonly ok: false; readonly message: string };

/**
 * Selects the steps of a run. Files and history are compared as sets, never by a high-water mark:
 * an apply runs every version up to the target that is not applied, in ascending order; a rollback
 * runs every applied version above the target, in descending order. An applied version without a
 * file is not selected: `driftFindings()` reports it as an error.
 */
export function selectSteps(
  target: Target,
  migrations: readonly Migration[],
  history: History,
): Selection {
  return target.direction === "apply"
    ? selectApply(target.version, migrations, history)
    : selectRollback(target.version, migrations, history);
}

function selectApply(
  version: number | "latest",
  migrations: readonly Migration[],
  history: History,
): Selection {
  const from = currentVersion(history);
  const newest = migrations.at(-1);
  if (version !== "latest") {
    if (newest === undefined || version > newest.version) {
      const best = newest === undefined
        ? "there are no files"
        : `the newest file is ${formatFileName(newest)}`;
      return refuse(`Cannot apply up to version ${version}: ${best}`);
    }
    if (version < from) {
      return refuse(
        `Cannot apply up to version ${version}: version ${from} is applied; ` +
          `use rollback to go back`,
      );
    }
  }
  const to = version === "latest" ? Infinity : version;
  const applied = new Set(appliedEntries(history).map((entry) => entry.version));
  const selected = migrations.filter((each) => each.version <= to && !applied.has(each.version));
  return {
    ok: true,
    from,
    to: Math.max(from, selected.at(-1)?.version ?? 0),
    migrations: selected,
  };
}

function selectRollback(
  version: number | "previous",
  migrations: readonly Migration[],
  history: History,
): Selection {
  const from = currentVersion(history);
  const applied = appliedEntries(history).map((entry) => entry.version);
  if (version !== "previous" && version > from) {
    return refuse(
      `Cannot roll back to version ${version}: the current version is ${from}; ` +
        `use apply to go forward`,
    );
  }
  const to = version === "previous" ? applied.at(-2) ?? 0 : version;
  const leaving = new Set(applied.filter((each) => each > to));
  return {
    ok: true,
    from,
    to: applied.findLast((each) => each <= to) ?? 0,
    migrations: migrations.filter((each) => leaving.has(each.version)).toReversed(),
  };
}

function refuse(message: string): Selection {
  return { ok: false, message };
}
