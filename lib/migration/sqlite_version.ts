// Reads and compares SQLite version numbers. Pure; runs anywhere.

import type { SqliteVersion } from "./migration.ts";

/** Reads `3.35` or `3.35.0`; `null` if the text is not a version. */
export function parseSqliteVersion(text: string): SqliteVersion | null {
  const match = /^(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?$/.exec(text);
  if (match === null) return null;
  return [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** Says whether `version` is `least` or newer. */
export function isAtLeast(version: SqliteVersion, least: SqliteVersion): boolean {
  for (const index of [0, 1, 2] as const) {
    if (version[index] !== least[index]) return version[index] > least[index];
  }
  return true;
}

/** Formats a version: `3.35.0`. */
export function formatSqliteVersion(version: SqliteVersion): string {
  return version.join(".");
}
