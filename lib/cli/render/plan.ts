// Renders a plan for its reviewers: losses, schema, SQL, findings, and the command that runs it.

import { counted } from "../../finding/counted.ts";
import type { PlannedStep, PlanReply } from "../../message/plan_reply.ts";
import { printable } from "../../printable.ts";
import type { Colors } from "../console.ts";
import { databaseOf } from "./database_of.ts";
import { renderDiff } from "./diff.ts";
import { renderFindings } from "./findings.ts";
import { renderAmount, renderChange } from "./run.ts";
import { renderLosses } from "./planned_losses.ts";
import { renderStatements } from "./sql.ts";

/** Renders a plan; `command` runs it, and is `null` where there is nothing to run. */
export function renderPlan(reply: PlanReply, command: string | null, colors: Colors): string {
  const losses = reply.steps.flatMap(({ data_loss }) => data_loss);
  const parts = [
    [renderHeadline(reply, colors), ...losses.map((loss) => renderAmount(loss, colors))].join("\n"),
    reply.schema_diff === ""
      ? colors.dim("The schema stays as it is")
      : renderDiff(reply.schema_diff, colors),
    ...reply.steps.map((step) => renderStep(step, colors)),
    renderFindings(reply.warnings, colors),
    command === null
      ? ""
      : colors.dim(`Nothing was kept. To run exactly this plan:\n  ${printable(command)}`),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function renderHeadline(reply: PlanReply, colors: Colors): string {
  const { direction, from, to, steps, total_time_ms: ms } = reply;
  const database = databaseOf(reply);
  const does = direction === "apply" ? "apply" : "roll back";
  if (steps.length === 0) {
    return `${colors.green("✓")} ${database}: nothing to ${does}, at version ${from}`;
  }
  return `${colors.cyan("○")} ${database}: would ${does} ${counted(steps.length, "migration")}, ` +
    `version ${from} → ${to} ${colors.dim(`(${ms} ms)`)}`;
}

function renderStep(step: PlannedStep, colors: Colors): string {
  const { file, execution_time_ms: ms, changes, data_loss, statements = [] } = step;
  return [
    `${colors.bold(printable(file))} ${colors.dim(`(${ms} ms)`)}`,
    ...changes.map((change) => `  ${renderChange(change, colors)}`),
    ...renderStatements(statements, colors),
    ...renderLosses(data_loss, colors),
  ].join("\n");
}
