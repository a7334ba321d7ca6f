// Formats losses, times and sizes. Pure; runs anywhere.

import type { DataLossMessage, MigrationReference } from "../../message/reply.ts";

/** Describes a loss: `12 rows of votes`, `3 values of quotes.channel`. */
export function describeLoss(loss: DataLossMessage): string {
  return loss.kind === "rows"
    ? `${count(loss.rows, "row")} of ${loss.table}`
    : `${count(loss.values, "value")} of ${loss.table}.${loss.column}`;
}

/** `1 row`, `1,204 rows`. */
export function count(number: number, word: string): string {
  return `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
}

/** Formats a version as in file names: `003`. */
export function padVersion(version: number): string {
  return String(version).padStart(3, "0");
}

/** Formats several versions: `003`, `003 and 004`, `003 to 009`. */
export function describeVersions(migrations: readonly MigrationReference[]): string {
  const [first, second] = migrations;
  const last = migrations.at(-1);
  if (first === undefined || last === undefined) return "nothing";
  if (second === undefined) return padVersion(first.version);
  const between = migrations.length === 2 ? "and" : "to";
  return `${padVersion(first.version)} ${between} ${padVersion(last.version)}`;
}

/** Formats a duration: `0.4 ms`, `38 ms`, `1.2 s`. */
export function describeDuration(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms >= 10 || Number.isInteger(ms) ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}

/** Formats a point in time, in the reader's time zone and locale. */
export function describeTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime())
    ? iso
    : time.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** Formats a point in time, in short. */
export function describeTimeShort(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime())
    ? iso
    : time.toLocaleString(undefined, { dateStyle: "short", timeStyle: "short" });
}

/** Formats the time of day in the reader's time zone: `14:03:59.120`. */
export function describeTimeOfDay(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, "0")).join(":");
  return `${clock}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}

/** Formats a size: `512 bytes`, `1.4 MB`. */
export function describeSize(sizeBytes: number): string {
  if (sizeBytes < 1_000) return count(sizeBytes, "byte");
  return sizeBytes < 1_000_000
    ? `${(sizeBytes / 1_000).toFixed(1)} kB`
    : `${(sizeBytes / 1_000_000).toFixed(1)} MB`;
}
