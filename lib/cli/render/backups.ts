// Renders the replies to `backups` and `backup`.

import { counted } from "../../finding/counted.ts";
import type { BackupEntry, BackupReply, BackupsReply } from "../../message/backup_reply.ts";
import { printable } from "../../printable.ts";
import type { Colors } from "../console.ts";
import { hasUnfitBackup } from "../successes.ts";
import { databaseOf } from "./database_of.ts";
import { paragraph, readableTime } from "./layout.ts";
import { left, right, tableLines } from "./text_table.ts";

const COLUMNS = [
  left("made at (UTC)"),
  right("version"),
  left("reason"),
  right("size"),
  left("backup"),
];

/** Renders the reply to `backups` or `backup`. */
export function renderBackups(reply: BackupsReply | BackupReply, colors: Colors): string {
  switch (reply.verb) {
    case "backups":
      return renderList(reply, colors);
    case "backup":
      return `${colors.green("✓")} ${databaseOf(reply)}: backup of version ${reply.version} ` +
        `${colors.dim(`(${bytes(reply.size_bytes)}, ${reply.total_time_ms} ms)`)}\n${
          printable(reply.path)
        }`;
  }
  reply satisfies never;
}

function renderList(reply: BackupsReply, colors: Colors): string {
  const head = `${databaseOf(reply)}: ${counted(reply.backup_count, "backup")}`;
  if (reply.backups.length === 0) return head;
  const rows = reply.backups.map((entry) => [
    readableTime(entry.at),
    String(entry.version ?? "?"),
    entry.reason ?? "?",
    bytes(entry.size_bytes),
    printable(entry.name),
  ]);
  const problems = reply.backups.flatMap((entry) => renderProblem(entry, colors));
  const read = problems.length === 0
    ? "Every backup was read and can be restored"
    : "Every other backup was read and can be restored";
  const verified = reply.verified && !hasUnfitBackup(reply.backups)
    ? [colors.green(`✓ ${read}`)]
    : [];
  return [head, ...tableLines(COLUMNS, rows), ...problems, ...verified].join("\n");
}

function renderProblem({ name, state, problem }: BackupEntry, colors: Colors): readonly string[] {
  if (problem === null) return [];
  const label = `${printable(name)}:`;
  const mark = state === "unreadable" ? colors.cyan(`○ ${label}`) : colors.red(`✗ ${label}`);
  return [paragraph(mark, problem)];
}

function bytes(count: number): string {
  return count < 1e6 ? `${Math.ceil(count / 1e3)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}
