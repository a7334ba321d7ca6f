// Renders a failure reply.

import { counted } from "../../finding/counted.ts";
import type { FailureReply } from "../../message/any_reply.ts";
import type { Colors } from "../console.ts";
import { databaseOf } from "./database_of.ts";
import { renderFindings } from "./findings.ts";
import { paragraph } from "./layout.ts";
import { renderEntries } from "./run.ts";

/** Renders the error, its findings, and what was committed before it. */
export function renderFailure(reply: FailureReply, colors: Colors): string {
  const head = `${colors.red("✗")} ${colors.bold(reply.error_code)}`;
  const parts = [paragraph(head, headline(reply))];
  const committed = reply.applied_migrations ?? reply.rolled_back_migrations ?? [];
  if (committed.length > 0) {
    const isUndone = committed.every(({ applied_at }) => applied_at === null);
    const lead = isUndone ? "Ran before the failure, and undone:" : "Committed before the failure:";
    parts.push(lead, renderEntries(committed, colors));
  }
  const findings = renderFindings([...reply.errors, ...reply.warnings], colors);
  if (findings !== "") parts.push(findings);
  if (reply.backup !== undefined) parts.push(`Backup: ${reply.backup}`);
  if (reply.failed_version !== undefined && reply.current_version !== undefined) {
    parts.push(`The database is at version ${reply.current_version}`);
  }
  return parts.join("\n");
}

// The errors follow, each with its position; the reply's message repeats the first of them.
function headline(reply: FailureReply): string {
  const { error_code, errors, message } = reply;
  return error_code === "VALIDATION_FAILED" && errors.length > 0
    ? `${databaseOf(reply)}: ${counted(errors.length, "error")}, nothing has run`
    : message;
}
