// Leaves suggestions out of a reply that is too large with them. Pure; runs anywhere.

import type { Reply } from "./any_reply.ts";
import type { FindingMessage } from "./reply.ts";

/** The reply without suggestions, which says so; `null` where it has none. */
export function withoutSuggestions(reply: Reply): Reply | null {
  const omitted = { suggestions_omitted: true } as const;
  if (!reply.success) {
    const { errors, warnings } = reply;
    return has([...errors, ...warnings])
      ? { ...reply, errors: plain(errors), warnings: plain(warnings), ...omitted }
      : null;
  }
  switch (reply.verb) {
    case "apply":
    case "rollback":
    case "plan":
      return has(reply.warnings) ? { ...reply, warnings: plain(reply.warnings), ...omitted } : null;
    case "status":
      return has(reply.pending_warnings)
        ? { ...reply, pending_warnings: plain(reply.pending_warnings), ...omitted }
        : null;
    case "rollout":
    case "history":
    case "cancel":
    case "backups":
    case "backup":
    case "restore":
      return null;
  }
  reply satisfies never;
}

function has(findings: readonly FindingMessage[]): boolean {
  return findings.some(({ suggestion }) => suggestion !== undefined);
}

function plain(findings: readonly FindingMessage[]): FindingMessage[] {
  return findings.map(({ suggestion: _, ...rest }) => rest);
}
