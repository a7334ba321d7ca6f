// Renders the replies about backups.

import Table from "cli-table3";
import { counted } from "../../finding/counted.ts";
import type {
  BackupEntry,
  BackupReply,
  BackupsReply,
  RestoreReply,
  RowChangeMessage,
} from "../../message/backup_reply.ts";
import { printable } from "../../printable.ts";
import type { Colors } from "../console.ts";
import { databaseOf } from "./database_of.ts";
import { paragraph, readableTime, tableLines } from "./layout.ts";
import { renderChange } from "./run.ts";
import { TABLE_STYLE } from "./table_style.ts";

/** Renders the reply to `backups`, `backup` or `restore`. */
export function renderBackups(
  reply: BackupsReply | BackupReply | RestoreReply,
  colors: Colors,
): string {
  switch (reply.verb) {
    case "backups":
      return renderList(reply, colors);
    case "backup":
      return `${colors.green("✓")} ${databaseOf(reply)}: backup of version ${reply.version} ` +
        `${colors.dim(`(${bytes(reply.size_bytes)}, ${reply.total_time_ms} ms)`)}\n${reply.path}`;
    case "restore":
      return renderRestore(reply, colors);
  }
  reply satisfies never;
}

function renderList(reply: BackupsReply, colors: Colors): string {
  const head = `${databaseOf(reply)}: ${counted(reply.backup_count, "backup")}`;
  if (reply.backups.length === 0) return head;
  const table = new Table({
    ...TABLE_STYLE,
    head: ["made at (UTC)", "version", "reason", "size", "backup"],
    colAligns: ["left", "right", "left", "right", "left"],
  });
  table.push(...reply.backups.map((entry) => [
    readableTime(entry.at),
    String(entry.version ?? "?"),
    entry.reason ?? "?",
    bytes(entry.size_bytes),
    printable(entry.name),
  ]));
  const problems = reply.backups.flatMap((entry) => renderProblem(entry, colors));
  const verified = reply.verified && problems.length === 0
    ? [colors.green("✓ Every backup was read and can be restored")]
    : [];
  return [head, ...tableLines(table), ...problems, ...verified].join("\n");
}

function renderProblem({ name, problem }: BackupEntry, colors: Colors): readonly string[] {
  return problem === null ? [] : [paragraph(colors.red(`✗ ${printable(name)}:`), problem)];
}

function renderRestore(reply: RestoreReply, colors: Colors): string {
  const before = reply.previous_version ?? "?";
  const versions = `version ${before} → ${reply.current_version}`;
  const done = reply.dry_run
    ? `${colors.cyan("○")} ${databaseOf(reply)}: a dry run would restore`
    : `${colors.green("✓")} ${databaseOf(reply)}: restored`;
  const lines = [
    `${done} ${reply.restored}, ${versions} ${colors.dim(`(${reply.total_time_ms} ms)`)}`,
    ...reply.changes.map((change) => `  ${renderChange(change, colors)}`),
    ...reply.rows.map((change) => `  ${renderRows(change)}`),
  ];
  if (reply.replaced !== undefined) lines.push(colors.dim(renderReplaced(reply, reply.replaced)));
  return lines.join("\n");
}

function renderReplaced(reply: RestoreReply, replaced: string): string {
  if (reply.previous_version === null) return `What could not be opened is kept as\n  ${replaced}`;
  const tenant = reply.tenant === undefined ? "" : ` --tenant ${reply.tenant}`;
  return `To undo this:\n  godwit restore ${reply.plugin_name} ${replaced}${tenant}`;
}

function renderRows({ table, before, after }: RowChangeMessage): string {
  const rows = (count: number | null): string => count === null ? "none" : counted(count, "row");
  return printable(`${table}: ${rows(before)} → ${rows(after)}`);
}

function bytes(count: number): string {
  return count < 1e6 ? `${Math.ceil(count / 1e3)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}
