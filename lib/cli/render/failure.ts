// Shows a failure reply.

import type { FailureReply } from "../../message/any_reply.ts";
import type { Colors } from "../console.ts";
import { renderFindings } from "./findings.ts";
import { count, wrap } from "./layout.ts";
import { renderEntries } from "./run.ts";

/** Renders what went wrong, where, and what is done all the same. */
export function renderFailure(reply: FailureReply, colors: Colors): string {
  const { error_code: code } = reply;
  const used = `✗ ${code} `.length;
  const parts = [`${colors.red("✗")} ${colors.bold(code)} ${wrap(headline(reply), 2, used)}`];
  const committed = reply.applied_migrations ?? reply.rolled_back_migrations ?? [];
  if (committed.length > 0) parts.push("These were done before:", renderEntries(committed, colors));
  const findings = renderFindings([...reply.errors, ...reply.warnings], colors);
  if (findings !== "") parts.push(findings);
  if (reply.backup !== undefined) parts.push(`Backup: ${reply.backup}`);
  if (reply.failed_version !== undefined && reply.current_version !== undefined) {
    parts.push(`The database is whole, at version ${reply.current_version}`);
  }
  return parts.join("\n");
}

// The errors follow, each with its place: no need to have the first one twice.
function headline({ error_code, errors, message, plugin_name }: FailureReply): string {
  return error_code === "VALIDATION_FAILED" && errors.length > 0
    ? `${plugin_name}: ${count(errors.length, "error")}, nothing has run`
    : message;
}
