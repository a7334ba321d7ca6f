// Decides which files that do not parse stop a run. Pure; runs anywhere.

import { type Finding, isError } from "../finding/finding.ts";
import { appliedEntries, type History } from "../plan/history.ts";
import type { Target } from "../plan/select_steps.ts";

/**
 * Findings about files, where an error about a file that a run does not need is a warning: a
 * pending one above the target of an apply, or any pending one in a rollback. A rollback is often
 * urgent, and the file that is being written meanwhile has nothing to do with it.
 */
export function findingsForRun(
  findings: readonly Finding[],
  target: Target,
  history: History,
): readonly Finding[] {
  const applied = new Set(appliedEntries(history).map(({ version }) => version));
  const last = target.direction === "rollback"
    ? 0
    : target.version === "latest"
    ? Infinity
    : target.version;
  return findings.map((found) => {
    const { version } = found;
    const isAside = isError(found) && version !== null && version > last && !applied.has(version);
    return isAside
      ? { ...found, level: "WARNING", message: `This run does not need the file: ${found.message}` }
      : found;
  });
}
