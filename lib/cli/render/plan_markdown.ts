// Renders a plan as the comment of a pull request: what changes, what is lost, what was found, and
// the hash. Pure. No value of a row is in it, because a comment goes further than a terminal.

import { counted } from "../../finding/counted.ts";
import { lossAmount, lossOrigin } from "../../message/loss_table.ts";
import type { FailureReply } from "../../message/any_reply.ts";
import type { PlanReply } from "../../message/plan_reply.ts";
import type { ChangeMessage, FindingMessage } from "../../message/reply.ts";
import { printable } from "../../printable.ts";
import { databaseOf } from "./database_of.ts";

/** Renders a plan, or why there is none; `command` runs it, and is `null` where nothing would run. */
export function planMarkdown(reply: PlanReply | FailureReply, command: string | null): string {
  const parts = reply.success ? planParts(reply, command) : failureParts(reply);
  return [markerOf(databaseOf(reply)), ...parts.filter((part) => part !== "")].join("\n\n");
}

/** The first line, by which a pipeline finds the comment that it wrote before. */
function markerOf(database: string): string {
  return `<!-- godwit plan ${database} -->`;
}

function planParts(reply: PlanReply, command: string | null): readonly string[] {
  const { direction, from, to, steps, schema_diff, warnings, plan_hash } = reply;
  const database = databaseOf(reply);
  const does = direction === "apply" ? "apply" : "roll back";
  if (steps.length === 0) {
    return [`### ${code(database)}: nothing to ${does}`, `It is at version ${from}.`];
  }
  const losses = steps.flatMap(({ data_loss }) => data_loss);
  return [
    `### ${code(database)}: would ${does} ${counted(steps.length, "migration")}, ` +
    `version ${from} → ${to}`,
    losses.length === 0 ? "No row and no value is lost." : [
      "> [!WARNING]",
      "> This deletes data, measured on the rows of the database:",
      ...losses.map((loss) => `> - ${lossAmount(loss)} of ${code(lossOrigin(loss))}`),
    ].join("\n"),
    [
      "| file | changes |",
      "| --- | --- |",
      ...steps.map(({ file, changes }) =>
        `| ${cell(code(file))} | ${cell(changes.map(changeText).join("<br>"))} |`
      ),
    ].join("\n"),
    schema_diff === "" ? "" : fenced("diff", clipped(schema_diff.trimEnd())),
    findingList(warnings),
    `Plan ${code(plan_hash)}${command === null ? "" : `, to run exactly this:`}`,
    command === null ? "" : fenced("sh", command),
  ];
}

function failureParts(reply: FailureReply): readonly string[] {
  const { error_code, message, errors, warnings } = reply;
  const said = error_code === "VALIDATION_FAILED" && errors.length > 0
    ? `${counted(errors.length, "error")}, so nothing can run.`
    : plain(message);
  return [
    `### ${code(databaseOf(reply))}: ${error_code}`,
    said,
    findingList([...errors, ...warnings]),
  ];
}

const MARKS = { ERROR: "❌", WARNING: "⚠️", INFO: "ℹ️" } as const;

function findingList(findings: readonly FindingMessage[]): string {
  return findings.map(({ level, code: name, message, file, line }) => {
    const place = file === undefined
      ? ""
      : ` at ${code(line === undefined ? file : `${file}:${line}`)}`;
    return `- ${MARKS[level]} ${code(name)} ${plain(message)}${place}`;
  }).join("\n");
}

function changeText({ change, object, table, name, detail }: ChangeMessage): string {
  const full = table === null ? name : object === "column" ? `${table}.${name}` : name;
  return `${change} ${object} ${code(full)}${detail === null ? "" : ` (${plain(detail)})`}`;
}

// A comment of GitHub has at most 65,536 characters.
const MAX_DIFF_LENGTH = 40_000;

function clipped(diff: string): string {
  if (diff.length <= MAX_DIFF_LENGTH) return diff;
  const lines = diff.slice(0, MAX_DIFF_LENGTH).split("\n").slice(0, -1);
  const left = diff.split("\n").length - lines.length;
  return [...lines, `… ${counted(left, "more line")}; godwit plan shows all`].join("\n");
}

/** A block of code whose fence is longer than any in it. */
function fenced(language: string, text: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return [`${fence}${language}`, shown(text), fence].join("\n");
}

/** A span of code, whatever is in it. */
function code(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${pad}${shown(text).replaceAll("\n", " ")}${pad}${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}

// Names in a message are the plugin's, and must neither format nor mention anyone.
function plain(text: string): string {
  return shown(text).replaceAll("\n", " ").replaceAll(/[\\`*_{}[\]<>()#+!|~&$]/g, "\\$&")
    .replaceAll("@", "@\u200b");
}

function shown(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
