// Handles `status`: compares files with history, and always answers.

import { type Finding, finding, FINDING_CODES } from "../finding/finding.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { ProgressMessage, StatusReply } from "../message/reply.ts";
import type { CheckedStatus } from "../message/request.ts";
import type { Migration } from "../migration/migration.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { appliedEntries, currentVersion, type History } from "../plan/history.ts";
import { planStep } from "../plan/migration_plan.ts";
import { selectSteps } from "../plan/select_steps.ts";
import { driftFindings } from "../rule/drift.ts";
import { rehearsalFindings } from "../rule/rehearsal_findings.ts";
import { reversibilityFindings } from "../rule/reversibility.ts";
import { engineVersionOf } from "../worker/session.ts";
import type { HandlerContext } from "./context.ts";
import { type Failure, failureReply } from "./failure.ts";

// Rehearsing what is pending is a courtesy of status; it must not make status slow.
const REHEARSAL_TIMEOUT_MS = 2_000;

/** What status knows of the database. */
type Knowledge =
  | {
    readonly history: History;
    readonly findings: readonly Finding[];
    readonly progress: ProgressMessage | null;
  }
  | { readonly problem: string };

/**
 * Reports a database. While a run holds it, the answer comes from the run's last snapshot at once;
 * otherwise from the database, with what a rehearsal of the pending migrations finds.
 */
export async function status(
  address: DatabaseAddress,
  request: CheckedStatus,
  context: HandlerContext,
): Promise<StatusReply | Failure> {
  const { plugin } = address;
  const loaded = await context.source.load(plugin);
  if (!loaded.found) return failureReply("PLUGIN_NOT_FOUND", plugin, loaded.message);
  const { migrations } = loaded;
  const known = await learn(address, migrations, context);
  if ("problem" in known) {
    return failureReply("DATABASE_UNAVAILABLE", plugin, known.problem, loaded.findings);
  }

  const { history } = known;
  const applied = appliedEntries(history);
  const appliedVersions = new Set(applied.map(({ version }) => version));
  const pending = migrations.filter(({ version }) => !appliedVersions.has(version));
  const findings = [...loaded.findings, ...driftFindings(loaded, history), ...known.findings];
  const isChecksum = ({ code }: Finding): boolean => FINDING_CODES[code] === "checksum";
  const page = <T>(list: readonly T[]): T[] =>
    list.slice(request.offset, request.offset + request.limit);
  const reference = ({ version, name }: Migration): { version: number; name: string } => ({
    version,
    name,
  });
  return {
    success: true,
    verb: "status",
    plugin_name: plugin,
    current_version: currentVersion(history),
    pending_count: pending.length,
    applied_migrations: page(applied).map((entry) => ({
      version: entry.version,
      name: entry.name,
      checksum: entry.checksum,
      applied_at: entry.appliedAt,
      applied_by: entry.appliedBy,
      execution_time_ms: entry.executionTimeMs,
      error_message: entry.errorMessage,
    })),
    pending_migrations: page(pending).map(reference),
    available_migrations: page(migrations).map(reference),
    failed_migrations: page(history.filter((entry) => entry.status === "failed")).map((entry) => ({
      version: entry.version,
      name: entry.name,
      error_message: entry.errorMessage,
      applied_at: entry.appliedAt,
      applied_by: entry.appliedBy,
    })),
    checksum_warnings: page(findings.filter(isChecksum)).map(findingMessage),
    pending_warnings: page(findings.filter((each) => !isChecksum(each))).map(findingMessage),
    locked: known.progress !== null,
    ...(known.progress === null ? {} : { progress: known.progress }),
  };
}

async function learn(
  address: DatabaseAddress,
  migrations: readonly Migration[],
  context: HandlerContext,
): Promise<Knowledge> {
  const running = context.locks.current(address);
  if (running !== null) return { ...running, findings: [] };
  const read = await readUnlessRunning(address, migrations, context);
  // A run of another process may have begun and ended in between.
  return "problem" in read ? await readUnlessRunning(address, migrations, context) : read;
}

async function readUnlessRunning(
  address: DatabaseAddress,
  migrations: readonly Migration[],
  context: HandlerContext,
): Promise<Knowledge> {
  const read = await readDatabase(address, migrations, context);
  if (!("problem" in read)) return read;
  // A run may have begun in between, and it keeps the database to itself.
  const begun = context.locks.current(address);
  return begun === null ? read : { ...begun, findings: [] };
}

async function readDatabase(
  address: DatabaseAddress,
  migrations: readonly Migration[],
  context: HandlerContext,
): Promise<Knowledge> {
  await using session = await context.databases.open({ kind: "plugin", ...address }, "read");
  const inspected = await session.inspect();
  if (!inspected.ok) {
    const history = await session.history();
    return history.ok
      ? { history: history.value, progress: null, findings: [notRehearsed(inspected.message)] }
      : { problem: inspected.message };
  }
  const { history } = inspected.value;
  const selection = selectSteps({ direction: "apply", version: "latest" }, migrations, history);
  const pending = selection.ok ? selection.migrations : [];
  const steps = pending.map((migration) => planStep(migration, "apply"));
  const patience = { timeoutMs: REHEARSAL_TIMEOUT_MS, signal: context.signal };
  const rehearsed = await session.rehearse(steps, patience);
  if (!rehearsed.ok) {
    return { history, progress: null, findings: [notRehearsed(rehearsed.message)] };
  }
  const { rehearsal, losses } = rehearsed.value;
  const engine = engineVersionOf(context.databases);
  return {
    history,
    progress: null,
    findings: [
      ...reversibilityFindings(pending, "apply"),
      ...rehearsalFindings(steps, rehearsal, engine, (version) => losses.get(version) ?? null),
    ],
  };
}

function notRehearsed(reason: string): Finding {
  const message = `Pending migrations were not rehearsed: ${reason}`;
  return finding("WARNING", "not-rehearsed", { version: null, name: null, file: null }, message);
}
