// Completes a status that had no time to rehearse every file. Pure; runs anywhere.

import type { FilesReport } from "../../browser/sandbox.ts";
import type { StatusReply } from "../../message/reply.ts";

/**
 * The status with the errors that the report has found in files that the status has not rehearsed,
 * because it answers within two seconds. The report has more time.
 */
export function rehearsedStatus(status: StatusReply, report: FilesReport | null): StatusReply {
  const missed = new Set(
    status.pending_warnings.filter(({ code }) => code === "not-rehearsed")
      .map(({ migration_version: version }) => version),
  );
  if (missed.size === 0 || report === null) return status;
  const errors = report.files.filter(({ version }) => missed.has(version))
    .flatMap(({ findings }) => findings.filter(({ level }) => level === "ERROR"));
  return errors.length === 0
    ? status
    : { ...status, pending_warnings: [...status.pending_warnings, ...errors] };
}
