// Renders the reply to an apply or a rollback as a table.

import { counted } from "../../finding/counted.ts";
import { lossAmount, lossOrigin } from "../../message/loss_table.ts";
import type {
  ApplyReply,
  ChangeMessage,
  DataLossMessage,
  RollbackReply,
  RunEntry,
} from "../../message/reply.ts";
import type { Colors } from "../console.ts";
import { printable } from "../../printable.ts";
import { databaseOf } from "./database_of.ts";
import { renderFindings } from "./findings.ts";
import { detailedLines, left, right } from "./text_table.ts";

/** Renders a run that succeeded. */
export function renderRun(reply: ApplyReply | RollbackReply, colors: Colors): string {
  const isApply = reply.verb === "apply";
  const entries = reply.verb === "apply" ? reply.applied_migrations : reply.rolled_back_migrations;
  const parts = [renderHeadline(reply, entries.length, isApply, colors)];
  if (entries.length > 0) parts.push(renderEntries(entries, colors));
  const findings = renderFindings(reply.warnings, colors);
  if (findings !== "") parts.push(findings);
  if (reply.backup !== undefined) parts.push(`Backup: ${reply.backup}`);
  if (reply.dry_run && entries.length > 0) {
    parts.push(
      colors.dim(`Nothing was kept. To run exactly this plan:\n  --plan-hash ${reply.plan_hash}`),
    );
  }
  return parts.join("\n");
}

const COLUMNS = [right("version"), left("migration"), right("statements"), right("ms")];

/** Renders the migrations of a run; under each its changes and its losses. */
export function renderEntries(entries: readonly RunEntry[], colors: Colors): string {
  return detailedLines(
    COLUMNS,
    entries.map(({ version, name, statements, execution_time_ms: ms }) => [
      version,
      name,
      statements,
      ms,
    ]),
    entries.map((entry) => renderDetails(entry, colors)),
  ).join("\n");
}

/** The changes, each with its loss, and then the losses that no change explains. */
export function renderDetails(
  { changes, data_loss }: Pick<RunEntry, "changes" | "data_loss">,
  colors: Colors,
): readonly string[] {
  const explained = new Set<DataLossMessage>();
  const lines = changes.map((change) => {
    const loss = data_loss.find((each) => isOf(each, change));
    if (loss === undefined) return renderChange(change, colors);
    explained.add(loss);
    return `${renderChange(change, colors)}${colors.yellow(`, ${lossAmount(loss)} lost`)}`;
  });
  const others = data_loss.filter((loss) => !explained.has(loss))
    .map((loss) => renderAmount(loss, colors));
  return [...lines, ...others];
}

function isOf(loss: DataLossMessage, { change, object, table, name }: ChangeMessage): boolean {
  if (change !== "removed") return false;
  return loss.kind === "rows"
    ? object === "table" && name === loss.table
    : object === "column" && table === loss.table && name === loss.column;
}

/** Renders what is lost: `! 3 rows of quotes lost`. */
export function renderAmount(loss: DataLossMessage, colors: Colors): string {
  return colors.yellow(printable(`! ${lossAmount(loss)} of ${lossOrigin(loss)} lost`));
}

function renderHeadline(
  reply: ApplyReply | RollbackReply,
  amount: number,
  isApply: boolean,
  colors: Colors,
): string {
  const { previous_version: before, current_version: after } = reply;
  const database = databaseOf(reply);
  if (amount === 0) {
    return `${colors.green("✓")} ${database}: nothing to ${
      isApply ? "apply" : "roll back"
    }, at version ${after}`;
  }
  const migrations = counted(amount, "migration");
  const ms = colors.dim(`(${reply.total_time_ms} ms)`);
  if (reply.dry_run) {
    return `${colors.cyan("○")} ${database}: a dry run would ${
      isApply ? "apply" : "roll back"
    } ${migrations} ${ms}`;
  }
  const done = isApply ? "applied" : "rolled back";
  return `${
    colors.green("✓")
  } ${database}: ${done} ${migrations}, version ${before} → ${after} ${ms}`;
}

/** Renders one change of the schema. */
export function renderChange(
  { change, object, table, name, detail }: ChangeMessage,
  colors: Colors,
): string {
  const full = table === null
    ? name
    : object === "column"
    ? `${table}.${name}`
    : `${name} on ${table}`;
  const suffix = detail === null ? "" : colors.dim(printable(` (${detail})`));
  const what = printable(`${object} ${full}`);
  switch (change) {
    case "added":
      return colors.green(`+ ${what}`);
    case "removed":
      return colors.red(`- ${what}`);
    case "altered":
    case "renamed":
      return `${colors.yellow(`~ ${what}`)}${suffix}`;
  }
  change satisfies never;
}
