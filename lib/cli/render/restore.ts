// Renders the reply to `restore`.

import { counted } from "../../finding/counted.ts";
import type { RestoreReply, RowChangeMessage } from "../../message/backup_reply.ts";
import type { ChangeMessage } from "../../message/reply.ts";
import { printable } from "../../printable.ts";
import type { Colors } from "../console.ts";
import { databaseOf } from "./database_of.ts";
import { renderFindings } from "./findings.ts";
import { renderChange } from "./run.ts";

/** Renders the reply to `restore`; `undo` is the command that undoes it, where there is one. */
export function renderRestore(reply: RestoreReply, undo: string | null, colors: Colors): string {
  const before = reply.previous_version ?? "?";
  const versions = `version ${before} → ${reply.current_version}`;
  const done = reply.dry_run
    ? `${colors.cyan("○")} ${databaseOf(reply)}: a dry run would restore`
    : `${colors.green("✓")} ${databaseOf(reply)}: restored`;
  const findings = renderFindings(reply.warnings, colors);
  return [
    `${done} ${printable(reply.restored)}, ${versions} ${
      colors.dim(`(${reply.total_time_ms} ms)`)
    }`,
    ...reply.changes.map((change) => `  ${renderChange(change, colors)}`),
    ...reply.rows.map((change) => `  ${renderRows(change, reply.changes)}`),
    ...(findings === "" ? [] : [findings]),
    ...renderReplaced(reply, undo).map(colors.dim),
  ].join("\n");
}

function renderReplaced({ replaced }: RestoreReply, undo: string | null): readonly string[] {
  if (undo !== null) return ["To undo this:", `  ${printable(undo)}`];
  return replaced === undefined
    ? []
    : ["What could not be opened is kept as", `  ${printable(replaced)}`];
}

function renderRows(
  { table, before, after }: RowChangeMessage,
  changes: readonly ChangeMessage[],
): string {
  const rows = (count: number | null, missing: ChangeMessage["change"]): string => {
    if (count !== null) return counted(count, "row");
    const isMissing = changes.some((each) =>
      each.object === "table" && each.name === table && each.change === missing
    );
    return isMissing ? "none" : "unreadable";
  };
  return printable(`${table}: ${rows(before, "added")} → ${rows(after, "removed")}`);
}
