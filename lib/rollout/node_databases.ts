// The databases of one plugin on this node, and what a rollout does with each of them.

import pMap from "p-map";
import type { DatabaseOutcome } from "../database/session.ts";
import type { RolloutRecord } from "../fleet/rollout_record.ts";
import { call } from "../handler/dispatch.ts";
import type { HandlerContext } from "../handler/context.ts";
import { migrateTenant, rowsLostIn, type TenantOutcome } from "../handler/migrate_tenant.ts";
import { readBesideRuns } from "../handler/read_beside_runs.ts";
import type { FailureReply } from "../message/any_reply.ts";
import type { AttemptEntry } from "../message/history_reply.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { currentVersion, type History } from "../plan/history.ts";
import { DEFAULT_TIMEOUT_MS } from "../message/request.ts";
import { deadlineIn, sleep } from "../deadline.ts";
import type { Failed } from "../outcome.ts";

/** A database that failed. */
export type FailedOutcome = Extract<TenantOutcome, { kind: "failed" }>;

/** What an undo has made of one database. */
export type UndoOutcome =
  | FailedOutcome
  /** It was brought back, or had nothing of this rollout. */
  | { readonly kind: "undone"; readonly currentVersion: number; readonly changed: boolean };

/** The most attempts of a database that are looked through for those of a rollout. */
const LOOK_BACK = 1_000;

// Another process has the database; it is done soon, or its lock ends with it.
const BUSY_TRIES = 10;
const BUSY_MS = 500;

/**
 * Lists the databases of a plugin. Where there is none, but its files are here, it is the plugin's
 * own, which a rollout makes.
 */
export async function databasesOf(
  plugin: string,
  { databases, source }: HandlerContext,
): Promise<readonly DatabaseAddress[]> {
  const listed = await databases.addressesOf?.(plugin) ?? { ok: true, value: [] };
  if (listed.ok && listed.value.length > 0) return listed.value;
  const names = await source.plugins();
  return names.ok && names.names.includes(plugin) ? [{ plugin, tenant: null }] : [];
}

/** Names the plugins of this node. */
export async function pluginsOf({ databases, source }: HandlerContext): Promise<readonly string[]> {
  const held = await databases.pluginsWithDatabases?.() ?? { ok: true, value: [] };
  const listed = await source.plugins();
  return [...new Set([...held.ok ? held.value : [], ...listed.ok ? listed.names : []])].sort();
}

/** Measures what the rollout would do to a database, or does it. */
export async function migrate(
  address: DatabaseAddress,
  rollout: RolloutRecord,
  run: { readonly dryRun: boolean; readonly planHash?: string | undefined },
  context: HandlerContext,
): Promise<TenantOutcome> {
  return await whileBusy(context, () =>
    migrateTenant(address, {
      target_version: rollout.target_version,
      applied_by: rollout.started_by,
      dryRun: run.dryRun,
      planHash: run.planHash,
      deadline: deadlineIn(DEFAULT_TIMEOUT_MS, context.signal),
      // The history of the database decides whether it was migrated, not how often this is called.
      runId: rollout.id,
    }, context));
}

/** Does `work` again while another run has the database. */
async function whileBusy<T extends { readonly kind: string }>(
  { signal }: HandlerContext,
  work: () => Promise<T | FailedOutcome>,
): Promise<T | FailedOutcome> {
  for (let tries = 0;; tries++) {
    const outcome = await work();
    const isBusy = isFailed(outcome) && outcome.code === "MIGRATION_IN_PROGRESS";
    if (!isBusy || tries === BUSY_TRIES || signal.aborted) return outcome;
    await sleep(BUSY_MS, signal);
  }
}

function isFailed(outcome: { readonly kind: string }): outcome is FailedOutcome {
  return outcome.kind === "failed";
}

/** What an earlier process of this node has done to a database in the same rollout. */
export type EarlierRuns =
  | { readonly kind: "none" }
  | { readonly kind: "applied"; readonly rowsLost: number };

/** Looks for earlier runs of the rollout in the log of a database. */
export async function doneBefore(
  address: DatabaseAddress,
  rollout: RolloutRecord,
  context: HandlerContext,
): Promise<EarlierRuns | FailedOutcome> {
  const read = await whileBusy(context, () => attemptsOf(address, rollout, context));
  if (isFailed(read)) return read;
  const applied = read.attempts.filter(({ outcome }) => outcome === "applied");
  if (applied.length === 0) return { kind: "none" };
  const losses = applied.map(({ data_loss }) => ({ data_loss: data_loss ?? [] }));
  return { kind: "applied", rowsLost: rowsLostIn(losses) };
}

/**
 * Brings a database back to where it was before the rollout: by its backup, where the run has made
 * one and `method` says so, else by the DOWN sections. One that cannot be read has failed, because
 * nothing is known of what the rollout has changed in it.
 */
export async function undo(
  address: DatabaseAddress,
  rollout: RolloutRecord,
  context: HandlerContext,
): Promise<UndoOutcome> {
  return await whileBusy(context, () => undoOnce(address, rollout, context));
}

async function undoOnce(
  address: DatabaseAddress,
  rollout: RolloutRecord,
  context: HandlerContext,
): Promise<UndoOutcome> {
  const read = await attemptsOf(address, rollout, context);
  if (read.kind === "failed") return read;
  const history = await historyOf(address, context);
  if (!history.ok) return unread(history);
  const before = currentVersion(history.value);
  const { attempts } = read;
  const applied = attempts.filter(({ outcome }) => outcome === "applied");
  const first = applied.reduce((least, { version }) => Math.min(least, version), Infinity);
  if (before < first) return { kind: "undone", currentVersion: before, changed: false };
  // Of several runs of the rollout the first knows what was there before it.
  const backup = attempts.map((attempt) => attempt.backup).findLast((each) => each !== null);
  if (rollout.state.undo === "restore" && typeof backup === "string") {
    const restored = await restore(address, backup, rollout, context);
    // The backup was made before the first step that loses something, and others came before it.
    if (restored.kind === "failed" || restored.currentVersion < first) return restored;
  }
  return await rollBack(address, first, rollout, context);
}

async function restore(
  { plugin, tenant }: DatabaseAddress,
  backup: string,
  { started_by: applied_by }: RolloutRecord,
  context: HandlerContext,
): Promise<UndoOutcome> {
  const request = { ...(tenant === null ? {} : { tenant }), applied_by, backup };
  const reply = await call("restore", plugin, request, context);
  return reply.success
    ? { kind: "undone", currentVersion: reply.current_version ?? 0, changed: true }
    : failed(reply);
}

async function rollBack(
  address: DatabaseAddress,
  first: number,
  { started_by: applied_by }: RolloutRecord,
  context: HandlerContext,
): Promise<UndoOutcome> {
  const { plugin, tenant } = address;
  const history = await historyOf(address, context);
  if (!history.ok) return unread(history);
  const target_version = currentVersion(history.value.filter(({ version }) => version < first));
  const request = { ...(tenant === null ? {} : { tenant }), applied_by, target_version };
  const reply = await call("rollback", plugin, request, context);
  return reply.success
    ? { kind: "undone", currentVersion: reply.current_version, changed: true }
    : failed(reply);
}

/** Does `work` for several databases at a time. */
export async function forEachDatabase(
  addresses: readonly DatabaseAddress[],
  parallel: number,
  work: (address: DatabaseAddress) => Promise<void>,
): Promise<void> {
  await pMap(addresses, work, { concurrency: parallel });
}

/** The history of a database, beside a run too. */
export function historyOf(
  address: DatabaseAddress,
  context: HandlerContext,
): Promise<DatabaseOutcome<History>> {
  return readBesideRuns(address, context, {
    snapshot: ({ history }) => history,
    database: (session) => session.history(),
  });
}

interface Attempts {
  readonly kind: "attempts";
  /** Newest first. */
  readonly attempts: readonly AttemptEntry[];
}

/** Reads the attempts of a rollout in the log of a database. */
async function attemptsOf(
  { plugin, tenant }: DatabaseAddress,
  { id }: RolloutRecord,
  context: HandlerContext,
): Promise<Attempts | FailedOutcome> {
  const request = { limit: LOOK_BACK, ...(tenant === null ? {} : { tenant }) };
  const reply = await call("history", plugin, request, context);
  if (reply.success) {
    const attempts = reply.entries.filter(({ run_id }) => run_id === id);
    return { kind: "attempts", attempts };
  }
  // The log is empty, and the files of the plugin are not here either.
  return reply.error_code === "PLUGIN_NOT_FOUND"
    ? { kind: "attempts", attempts: [] }
    : failed(reply);
}

function unread({ message }: Failed): FailedOutcome {
  return { kind: "failed", code: "DATABASE_UNAVAILABLE", message, currentVersion: null };
}

function failed(
  { error_code: code, message, current_version }: FailureReply,
): FailedOutcome {
  return { kind: "failed", code, message, currentVersion: current_version ?? null };
}
