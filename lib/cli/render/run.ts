// Shows the reply to an apply or a rollback as a table.

import Table from "cli-table3";
import type {
  ApplyReply,
  ChangeMessage,
  DataLossMessage,
  RollbackReply,
  RunEntry,
} from "../../message/reply.ts";
import type { Colors } from "../console.ts";
import { renderFindings } from "./findings.ts";
import { TABLE_STYLE } from "./table_style.ts";

/** Renders a run that succeeded. */
export function renderRun(reply: ApplyReply | RollbackReply, colors: Colors): string {
  const isApply = "applied_migrations" in reply;
  const entries = isApply ? reply.applied_migrations : reply.rolled_back_migrations;
  const parts = [renderHeadline(reply, entries.length, isApply, colors)];
  if (entries.length > 0) parts.push(renderEntries(entries, colors));
  const findings = renderFindings(reply.warnings, colors);
  if (findings !== "") parts.push(findings);
  if (reply.backup !== undefined) parts.push(`Backup: ${reply.backup}`);
  if (reply.dry_run && entries.length > 0) {
    parts.push(
      colors.dim(`Nothing was kept. To run exactly this plan: --plan-hash ${reply.plan_hash}`),
    );
  }
  return parts.join("\n");
}

/** Renders the migrations of a run, what each changed and what went with it. */
export function renderEntries(entries: readonly RunEntry[], colors: Colors): string {
  const table = new Table({
    ...TABLE_STYLE,
    head: ["version", "migration", "statements", "ms", "changes", "data lost"],
    colAligns: ["right", "left", "right", "right", "left", "left"],
  });
  for (const entry of entries) {
    table.push([
      entry.version,
      entry.name,
      entry.statements,
      entry.execution_time_ms,
      entry.changes.map((each) => renderChange(each, colors)).join("\n"),
      entry.data_loss.map((each) => colors.yellow(renderLoss(each))).join("\n"),
    ]);
  }
  return table.toString();
}

function renderHeadline(
  reply: ApplyReply | RollbackReply,
  count: number,
  isApply: boolean,
  colors: Colors,
): string {
  const { plugin_name: plugin, previous_version: before, current_version: after } = reply;
  if (count === 0) {
    return `${colors.green("✓")} ${plugin}: nothing to ${
      isApply ? "apply" : "roll back"
    }, at version ${after}`;
  }
  const migrations = `${count} migration${count === 1 ? "" : "s"}`;
  const ms = colors.dim(`(${reply.total_time_ms} ms)`);
  if (reply.dry_run) {
    return `${colors.cyan("○")} ${plugin}: a dry run would ${
      isApply ? "apply" : "roll back"
    } ${migrations} ${ms}`;
  }
  const done = isApply ? "applied" : "rolled back";
  return `${
    colors.green("✓")
  } ${plugin}: ${done} ${migrations}, version ${before} → ${after} ${ms}`;
}

function renderChange(
  { change, object, table, name, detail }: ChangeMessage,
  colors: Colors,
): string {
  const full = table === null
    ? name
    : object === "column"
    ? `${table}.${name}`
    : `${name} on ${table}`;
  const suffix = detail === null ? "" : colors.dim(` (${detail})`);
  switch (change) {
    case "added":
      return colors.green(`+ ${object} ${full}`);
    case "removed":
      return colors.red(`- ${object} ${full}`);
    case "altered":
    case "renamed":
      return `${colors.yellow(`~ ${object} ${full}`)}${suffix}`;
  }
  change satisfies never;
}

function renderLoss(loss: DataLossMessage): string {
  return loss.kind === "rows"
    ? `${loss.rows} row${loss.rows === 1 ? "" : "s"} of ${loss.table}`
    : `${loss.values} value${loss.values === 1 ? "" : "s"} of ${loss.table}.${loss.column}`;
}
