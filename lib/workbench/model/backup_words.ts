// Describes backups, and what a restore changes. Pure; runs anywhere.

import { describeChange } from "../../diagram/change_words.ts";
import type {
  BackupEntry,
  BackupReason,
  RestoreReply,
  RowChangeMessage,
} from "../../message/backup_reply.ts";
import { count, describeSize, describeTime } from "./words.ts";

const REASONS: Readonly<Record<BackupReason, string>> = {
  lossy: "before a run that lost data",
  always: "before a run",
  request: "on request",
  replaced: "replaced by a restore",
  import: "replaced by an import",
};

// More would hide the buttons of the dialog.
const MOST_CHANGES = 12;

/** The facts of a backup, such as its version and its reason. */
export function describeBackup(
  { at, version, reason, size_bytes: sizeBytes }: BackupEntry,
): readonly string[] {
  return [
    describeTime(at),
    ...(version === null ? [] : [`version ${version}`]),
    ...(reason === null ? [] : [REASONS[reason]]),
    describeSize(sizeBytes),
  ];
}

/** What a restore changes, or would change: version, schema, numbers of rows. */
export function describeRestore(reply: RestoreReply): readonly string[] {
  const { previous_version: before, current_version: after, changes, rows } = reply;
  const version = before === null
    ? `The present database cannot be read; the backup has version ${after}`
    : before === after
    ? `Version ${after} stays`
    : `Version ${before} becomes ${after}`;
  return [
    version,
    ...shortened(rows.map(describeRows)),
    ...shortened(changes.map(describeChange)),
    ...(changes.length + rows.length === 0 && before !== null
      ? ["The schema and the numbers of rows stay as they are"]
      : []),
  ];
}

function describeRows({ table, before, after }: RowChangeMessage): string {
  const rows = `${count(before ?? after ?? 0, "row")} of ${table}`;
  const isOne = (before ?? after) === 1;
  if (after === null) return `${rows} ${isOne ? "goes" : "go"} with the table`;
  if (before === null) return `${rows} ${isOne ? "comes" : "come"} back`;
  return `${rows} ${isOne ? "becomes" : "become"} ${after.toLocaleString("en")}`;
}

function shortened(points: readonly string[]): readonly string[] {
  return points.length <= MOST_CHANGES
    ? points
    : [...points.slice(0, MOST_CHANGES), `${points.length - MOST_CHANGES} more of these`];
}
