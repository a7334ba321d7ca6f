// Checks a plugin's files by themselves, without its database: for CI and for authors.

import type { Finding } from "../finding/finding.ts";
import { checkFindings, thereAndBack, uniqueVersions } from "../rule/check_findings.ts";
import { engineVersionOf } from "../worker/session.ts";
import type { HandlerContext } from "./context.ts";

/** What is to say about a plugin's files, or why there is no such plugin. */
export type CheckReport =
  | { readonly found: true; readonly migrations: number; readonly findings: readonly Finding[] }
  | { readonly found: false; readonly message: string };

// Files are rehearsed without rows, so a minute is long.
const TIMEOUT_MS = 60_000;

/**
 * Parses every file and rehearses it on an empty database: up, down, and up again, so that a DOWN
 * that does not undo its UP is noticed before somebody needs it.
 */
export async function check(plugin: string, context: HandlerContext): Promise<CheckReport> {
  const loaded = await context.source.load(plugin);
  if (!loaded.found) return loaded;
  const { migrations, findings } = loaded;
  const unique = uniqueVersions(migrations);
  const steps = unique.flatMap(thereAndBack);
  await using session = await context.databases.open({ kind: "empty" }, "read");
  const patience = { timeoutMs: TIMEOUT_MS, signal: context.signal };
  const rehearsed = await session.rehearse(steps, patience);
  if (!rehearsed.ok) throw new Error(rehearsed.message);
  const engine = engineVersionOf(context.databases);
  return {
    found: true,
    migrations: migrations.length,
    findings: [
      ...findings,
      ...checkFindings(unique, steps, rehearsed.value.rehearsal, engine),
    ],
  };
}
