// Marks the findings that a file accepts, and finds acceptances of nothing. Pure; runs anywhere.

import { excerptOf } from "../finding/excerpt.ts";
import { type Finding, finding, type FindingCode, isError } from "../finding/finding.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { Acceptance, Migration } from "../migration/migration.ts";

/** What each file accepts, by version. */
export type Acceptances = ReadonlyMap<number, readonly Acceptance[]>;

/** The acceptances of files. */
export function acceptancesOf(migrations: readonly Migration[]): Acceptances {
  return new Map(migrations.map(({ version, accepts }) => [version, accepts]));
}

// Errors of `check` alone. Any other `ERROR` stops a run: what SQLite refuses, what would break
// promises of godwit, and what has a directive of its own.
const ACCEPTABLE_ERRORS: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "incomplete-down",
  "down-loses-values",
  "down-differs",
  "up-not-repeatable",
  "broken-query",
]);

/**
 * The findings, of which those that their file accepts are an `INFO` with the reason. An error that
 * stops a run stays one.
 */
export function acceptFindings(
  findings: readonly Finding[],
  acceptances: Acceptances,
): readonly Finding[] {
  return findings.map((found) => {
    const own = found.version === null ? [] : acceptances.get(found.version) ?? [];
    const accepted = own.find((each) => matches(each, found));
    if (accepted === undefined || isError(found) && !ACCEPTABLE_ERRORS.has(found.code)) {
      return found;
    }
    const { reason } = accepted;
    const message = `Accepted, because ${reason}: ${found.message}`;
    return { ...found, level: "INFO", accepted: reason, suggestion: null, message };
  });
}

/** Whether a finding is among those that a file accepts. */
export function accepts(
  acceptances: readonly Acceptance[],
  found: Pick<Finding, "code" | "about"> & Partial<Pick<Finding, "file">>,
): boolean {
  return acceptances.some((each) => matches(each, found));
}

/** What a check looks for: only if DOWNs are proven does it find what a DOWN loses. */
export type CheckExtent = "rehearsed" | "proven";

// These are counted on the rows of a database when a file runs.
const FOUND_ON_ROWS: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "lose-values",
  "overwrite-values",
  "reused-numbers",
  "unmeasured-losses",
]);
// The code changes and a file does not: once the last release with a statement is gone, nothing is
// left of it but the acceptance in a file that was applied.
const FOUND_IN_CODE: FindingCode = "broken-query";
/** The codes of findings that a check makes only of a proof. */
export const FOUND_BY_PROOF: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "constraint-violation",
  "down-loses-values",
  "down-differs",
  "up-not-repeatable",
  "unproven-down",
]);

/**
 * Finds the acceptances that match none of `findings`, which `acceptFindings()` returned for every
 * step of `migrations`. A file with an error is not judged, because it may have hidden others.
 */
export function unusedAcceptances(
  migrations: readonly Migration[],
  findings: readonly Finding[],
  extent: CheckExtent,
): readonly Finding[] {
  const byVersion = Map.groupBy(findings, ({ version }) => version);
  return migrations.flatMap((migration) => {
    const found = byVersion.get(migration.version) ?? [];
    const isHidden = found.some(({ code }) => code === "not-rehearsed" || code === "interrupted");
    return migration.accepts.flatMap((acceptance) => {
      const matched = found.find((each) => matches(acceptance, each));
      if (matched !== undefined) {
        return matched.accepted === null
          ? [unused(migration, acceptance, "which stops a run and must be mended")]
          : [];
      }
      const isLookedFor = !FOUND_ON_ROWS.has(acceptance.code) &&
        acceptance.code !== FOUND_IN_CODE &&
        (extent === "proven" || !FOUND_BY_PROOF.has(acceptance.code));
      return isLookedFor && !isHidden && !found.some(isError)
        ? [unused(migration, acceptance, "which is not found any more; delete the line")]
        : [];
    });
  });
}

// A finding about the whole file may be named by the name of the file.
function matches(
  { code, about }: { readonly code: string; readonly about: string | null },
  found: Pick<Finding, "code" | "about"> & Partial<Pick<Finding, "file">>,
): boolean {
  if (code !== found.code) return false;
  if (found.about === null) return about === null || about === found.file;
  return about !== null && foldName(about) === foldName(found.about);
}

/** Says whether a finding is accepted by the line that an `unused-acceptance` is about. */
export function isUseOf(found: Finding, { version, about }: Finding): boolean {
  if (found.accepted === null || found.version !== version || about === null) return false;
  const [code = "", ...words] = about.split(" ");
  return matches({ code, about: words.length === 0 ? null : words.join(" ") }, found);
}

function unused(migration: Migration, { code, about, line }: Acceptance, why: string): Finding {
  const name = about === null ? code : `${code} ${about}`;
  const excerpt = excerptOf(migration.text.split("\n")[line - 1] ?? "", 1);
  const message = `The file accepts "${name}", ${why}`;
  const detail = { about: name, position: { line, column: 1 }, excerpt };
  return finding("WARNING", "unused-acceptance", migration, message, detail);
}
