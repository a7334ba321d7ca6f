// Decides which migrations a request runs, by comparing sets of versions. Pure; runs anywhere.

import { type Finding, isError } from "../finding/finding.ts";
import { type FileName, formatFileName } from "../migration/file_name.ts";
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
 * runs every applied version above the target, in descending order. An applied version of which
 * `migrations` has no file is not selected: `driftFindings()` reports it. `findings` are about files that
 * do not parse: a run may be up to such a version, and the finding says whether it is refused.
 */
export function selectSteps(
  target: Target,
  migrations: readonly Migration[],
  history: History,
  findings: readonly Finding[] = [],
): Selection {
  return target.direction === "apply"
    ? selectApply(target.version, migrations, history, findings.filter(isError))
    : selectRollback(target.version, migrations, history);
}

function selectApply(
  version: number | "latest",
  migrations: readonly Migration[],
  history: History,
  unread: readonly Finding[],
): Selection {
  const from = currentVersion(history);
  const newest = [...migrations, ...unread.flatMap(fileNameOf)]
    .reduce<FileName | null>(
      (last, each) => each.version > (last?.version ?? 0) ? each : last,
      null,
    );
  if (version !== "latest") {
    if (newest === null || version > newest.version) {
      const best = newest !== null
        ? `the newest file is ${formatFileName(newest)}`
        : unread.length > 0
        ? "none of the files can be read"
        : "there are no files";
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

function fileNameOf({ version, name }: Finding): readonly FileName[] {
  return version === null || name === null ? [] : [{ version, name }];
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
  const leaving = leavingVersions(version, history);
  return {
    ok: true,
    from,
    to: applied.findLast((each) => !leaving.has(each)) ?? 0,
    migrations: migrations.filter((each) => leaving.has(each.version)).toReversed(),
  };
}

/** The applied versions that a rollback leaves. */
export function leavingVersions(
  version: number | "previous",
  history: History,
): ReadonlySet<number> {
  const applied = appliedEntries(history).map((entry) => entry.version);
  const to = version === "previous" ? applied.at(-2) ?? 0 : version;
  return new Set(applied.filter((each) => each > to));
}

function refuse(message: string): Selection {
  return { ok: false, message };
}
