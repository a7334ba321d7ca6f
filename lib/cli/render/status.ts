// Renders the reply to a status request as a table.

import type { FailedMigration, StatusReply } from "../../message/reply.ts";
import { printable } from "../../printable.ts";
import type { Colors } from "../console.ts";
import { databaseOf } from "./database_of.ts";
import { renderFindings } from "./findings.ts";
import { paragraph, readableTime } from "./layout.ts";
import { left, right, tableLines } from "./text_table.ts";

const COLUMNS = [
  right("version"),
  left("migration"),
  left("state"),
  left("applied at (UTC)"),
  left("by"),
  right("ms"),
];

/** Renders a plugin's migrations, one line each, then failures and findings. */
export function renderStatus(reply: StatusReply, colors: Colors): string {
  const pending = reply.pending_count === 0 ? "nothing pending" : `${reply.pending_count} pending`;
  const parts = [`${databaseOf(reply)}: version ${reply.current_version}, ${pending}`];
  if (reply.progress !== undefined) {
    const { verb, dry_run, started_by, version, migrations_done, migrations_total } =
      reply.progress;
    const what = `${dry_run ? "a dry run of " : ""}${verb}`;
    parts.push(colors.cyan(
      `running: ${what} by ${started_by}, ${migrations_done} of ${migrations_total} done` +
        (version === null ? "" : `, now at version ${version}`),
    ));
  }
  const rows = rowsOf(reply, colors);
  if (rows.length > 0) parts.push(tableLines(COLUMNS, rows).join("\n"));
  const failures = [
    ...reply.failed_migrations.map((each) => ({ ...each, what: "failed" })),
    ...reply.applied_migrations.map((each) => ({ ...each, what: "could not be rolled back" })),
  ];
  for (const { version, name, error_message: message, what } of failures) {
    if (message === null) continue;
    parts.push(paragraph(colors.red(`${version} ${name} ${what}:`), message));
  }
  const found = [...reply.checksum_warnings, ...reply.pending_warnings];
  const findings = renderFindings(found, colors, "named");
  if (findings !== "") parts.push(findings);
  return parts.join("\n");
}

// A failed migration shows when it failed and who applied it.
function pendingCells(failed: FailedMigration | undefined, colors: Colors): readonly string[] {
  return failed === undefined
    ? [colors.yellow("pending"), "", ""]
    : [colors.red("failed"), readableTime(failed.applied_at), printable(failed.applied_by)];
}

function rowsOf(reply: StatusReply, colors: Colors): readonly (readonly string[])[] {
  const failed = new Map(reply.failed_migrations.map((each) => [each.version, each]));
  const changed = new Set(reply.checksum_warnings.map((each) => each.migration_version));
  const missing = new Set(
    reply.pending_warnings.filter(({ code }) => code === "missing-file")
      .map((each) => each.migration_version),
  );
  const applied = reply.applied_migrations.map((each) => ({
    version: each.version,
    row: [
      String(each.version),
      each.name,
      changed.has(each.version)
        ? colors.red("changed")
        : missing.has(each.version)
        ? colors.red("no file")
        : colors.green("applied"),
      readableTime(each.applied_at),
      printable(each.applied_by),
      String(each.execution_time_ms ?? ""),
    ],
  }));
  const pending = reply.pending_migrations.map((each) => ({
    version: each.version,
    row: [
      String(each.version),
      each.name,
      ...pendingCells(failed.get(each.version), colors),
      "",
    ],
  }));
  return [...applied, ...pending].sort((one, other) => one.version - other.version)
    .map(({ row }) => row);
}
