// Migrates the database of one tenant as part of a rollout.

import type { Deadline } from "../deadline.ts";
import type { FailedDatabase, MigratedDatabase } from "../fleet/tally.ts";
import type { DataLossMessage, ErrorCode } from "../message/reply.ts";
import type { CheckedRollout } from "../message/rollout.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { compareDatabase, type PluginFiles } from "./compare_database.ts";
import type { HandlerContext } from "./context.ts";
import { runMigrations, runReply } from "./run_migrations.ts";

/** What became of the database of a tenant. */
export type TenantOutcome =
  | MigratedDatabase & {
    readonly backup: string | null;
    readonly planHash: string | null;
    /** The version that it is at, in a dry run still; `null` where only its history was compared. */
    readonly currentVersion: number | null;
    /** What the rules found, errors excepted, as `code@version`. */
    readonly findings: readonly string[];
  }
  | FailedDatabase & {
    readonly code: ErrorCode;
    readonly message: string;
    /** `null` where it is not known. */
    readonly currentVersion: number | null;
  };

/** One run of a rollout. */
export interface TenantRun extends Pick<CheckedRollout, "target_version" | "applied_by"> {
  readonly dryRun: boolean;
  /** The plan that was measured; `undefined` allows any. */
  readonly planHash: string | undefined;
  readonly deadline: Deadline;
  /** Identifies the runs of a rollout over many nodes; by default each has an id of its own. */
  readonly runId?: string;
}

/** What became of a database that had nothing pending. */
export const UNCHANGED: TenantOutcome = {
  kind: "migrated",
  migrations: 0,
  rowsLost: 0,
  backup: null,
  planHash: null,
  currentVersion: null,
  findings: [],
};

/**
 * Whether every file up to the target is applied, and nothing speaks against it, as far as files and
 * history say. Only the history is read.
 */
export async function isAtTarget(
  address: DatabaseAddress,
  files: PluginFiles,
  target: CheckedRollout["target_version"],
  context: HandlerContext,
): Promise<boolean> {
  const compared = await compareDatabase(address, files, context);
  if (!compared.ok) return false;
  const { currentVersion, firstPending, problem, isLocked } = compared.value;
  if (isLocked || problem !== null) return false;
  return target === "latest"
    ? firstPending === null
    : currentVersion === target && (firstPending ?? Infinity) > target;
}

/** Applies what is pending; in a dry run measures it. */
export async function migrateTenant(
  address: DatabaseAddress,
  { target_version: version, applied_by, dryRun, planHash, deadline, runId }: TenantRun,
  context: HandlerContext,
): Promise<TenantOutcome> {
  const reply = await runMigrations(
    {
      address,
      target: { direction: "apply", version },
      mode: dryRun ? "rehearse-on-data" : "commit",
      applied_by,
      transaction: "migration",
      timeout_ms: Math.max(deadline.atMs - performance.now(), 1),
      plan_hash: planHash,
      run_id: runId,
    },
    context,
    (completed) => ({ success: true as const, ...runReply(completed) }),
  );
  if (!reply.success) {
    const { error_code: code, message, current_version: currentVersion = null } = reply;
    return { kind: "failed", code, message, currentVersion };
  }
  const { entries, shared } = reply;
  return {
    kind: "migrated",
    migrations: entries.length,
    rowsLost: rowsLostIn(entries),
    backup: shared.backup ?? null,
    planHash: shared.plan_hash,
    currentVersion: dryRun ? shared.previous_version : shared.current_version,
    findings: [
      ...new Set(
        shared.warnings.map(({ code, migration_version }) => `${code}@${migration_version ?? "?"}`),
      ),
    ],
  };
}

/**
 * The rows that migrations delete, and those of a table that lose a value: of the columns that lose
 * values the one that loses most counts, because they may be of the same rows.
 */
export function rowsLostIn(
  entries: readonly { readonly data_loss: readonly DataLossMessage[] }[],
): number {
  return entries.reduce((sum, { data_loss }) => sum + rowsOf(data_loss), 0);
}

function rowsOf(losses: readonly DataLossMessage[]): number {
  const deleted = losses.reduce((sum, loss) => sum + (loss.kind === "rows" ? loss.rows : 0), 0);
  const values = new Map<string, number>();
  for (const loss of losses) {
    if (loss.kind === "rows") continue;
    values.set(loss.table, Math.max(values.get(loss.table) ?? 0, loss.values));
  }
  return [...values.values()].reduce((sum, most) => sum + most, deleted);
}
