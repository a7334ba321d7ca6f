// Renders the reply to a history request as a table.

import { counted } from "../../finding/counted.ts";
import type { AttemptEntry, HistoryReply, UnreadableEntry } from "../../message/history_reply.ts";
import { printable } from "../../printable.ts";
import type { Colors } from "../console.ts";
import { databaseOf } from "./database_of.ts";
import { paragraph, readableTime } from "./layout.ts";
import { renderDetails } from "./run.ts";
import { detailedLines, left, right } from "./text_table.ts";

const COLUMNS = [
  right("version"),
  left("migration"),
  left("outcome"),
  left("at (UTC)"),
  left("by"),
  right("ms"),
];

/** Renders the attempts, newest first; under each what it did, its run and its plan. */
export function renderHistory(reply: HistoryReply, colors: Colors): string {
  const { entries, unreadable_entries: unreadable, entry_count: total } = reply;
  const database = databaseOf(reply);
  if (total === 0) return `${database}: nothing was applied or rolled back yet`;
  const count = entries.length + unreadable.length;
  const shown = count === total ? "" : `, ${count} shown`;
  const headline = `${database}: ${counted(total, "attempt")}${shown}, newest first`;
  const problems = unreadable.map((entry) => renderUnreadable(entry, colors));
  if (entries.length === 0) return [headline, ...problems].join("\n");
  const rows = entries.map((entry) => [
    entry.version,
    printable(entry.name),
    outcomeOf(entry, colors),
    readableTime(entry.applied_at),
    printable(entry.applied_by),
    entry.execution_time_ms ?? "",
  ]);
  const lines = detailedLines(COLUMNS, rows, entries.map((entry) => detailsOf(entry, colors)));
  return [headline, ...lines, ...problems].join("\n");
}

function renderUnreadable({ id, problem }: UnreadableEntry, colors: Colors): string {
  return paragraph(
    colors.red("✗"),
    `row ${id} of plugin_schema_migration_log cannot be read, because another program has ` +
      `written to it: ${problem}`,
  );
}

function outcomeOf({ direction, outcome }: AttemptEntry, colors: Colors): string {
  switch (outcome) {
    case "applied":
      return colors.green("applied");
    case "rolled_back":
      return colors.yellow("rolled back");
    case "failed":
      return colors.red(direction === "apply" ? "failed" : "rollback failed");
  }
  outcome satisfies never;
}

function detailsOf(entry: AttemptEntry, colors: Colors): readonly string[] {
  const { changes, data_loss: losses, error_message: error, backup, run_id: run } = entry;
  const plan = `plan ${entry.plan_hash.slice(0, 12)}`;
  return [
    ...renderDetails({ changes: changes ?? [], data_loss: losses ?? [] }, colors),
    ...(error === null ? [] : paragraph(colors.red("error"), error).split("\n")),
    ...(backup === null ? [] : [`backup ${printable(backup)}`]),
    colors.dim(run === null ? plan : `run ${printable(run)}, ${plan}`),
  ];
}
