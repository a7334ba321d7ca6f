// Handles `status`: compares files with history, and always answers.

import { deadlineIn } from "../deadline.ts";
import { type Finding, finding, NO_MIGRATION } from "../finding/finding.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { FindingMessage, StatusReply } from "../message/reply.ts";
import type { CheckedStatus } from "../message/request.ts";
import type { MigrationFile } from "../migration/migration.ts";
import type { PlanOutline } from "../database/prepare.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { appliedEntries, currentVersion, notApplied } from "../plan/history.ts";
import { driftFindings } from "../rule/drift.ts";
import type { DatabaseOutcome, DatabaseSession, LoadedFiles } from "../database/session.ts";
import type { HandlerContext } from "./context.ts";
import { databaseFailure, type Failure, failureReply } from "./failure.ts";
import { findFilesOrHistory } from "./find_files.ts";
import { readBesideRuns } from "./read_beside_runs.ts";
import { type KnownPlan, stateOf } from "./known.ts";
import { preparePlan } from "./prepare_plan.ts";
import type { StatusKnowledge } from "./status_knowledge.ts";

// The rehearsal of pending migrations must not make status slow.
const REHEARSAL_TIMEOUT_MS = 2_000;

/**
 * Reports a database. While a run holds it, the answer comes from the run's last snapshot at once;
 * otherwise from files and database, with what a rehearsal of the pending migrations finds. Where
 * neither has changed since, the answer is made of what was found then.
 */
export async function status(
  address: DatabaseAddress,
  request: CheckedStatus,
  context: HandlerContext,
): Promise<StatusReply | Failure> {
  const { plugin } = address;
  const state = stateOf(address, context);
  const kept = state === null ? null : context.known.plans.get(address, state);
  // A run writes to the database at its first commit, and holds its lock before.
  if (kept !== null && context.locks.current(address) === null) {
    return replyOf(plugin, request, knowledgeOf(kept));
  }
  const found = await findFilesOrHistory(address, context);
  if (!found.found) return failureReply("PLUGIN_NOT_FOUND", plugin, found.message);
  let plan: PlanOutline | null = null;
  let fileFindings: readonly Finding[] = [];
  const known = await readBesideRuns<StatusKnowledge>(address, context, {
    snapshot: (snapshot) => snapshot,
    async database(session) {
      const loaded = await session.load(found.files);
      if (!loaded.ok) return loaded;
      fileFindings = loaded.value.findings;
      const read = await readDatabase(session, loaded.value, context);
      plan = read.plan;
      return read.outcome;
    },
  });
  if (!known.ok) return databaseFailure(known, plugin, fileFindings);
  if (state !== null && plan !== null && state === stateOf(address, context)) {
    context.known.plans.keep(address, state, { files: known.value.files, plan });
  }
  return replyOf(plugin, request, known.value);
}

function knowledgeOf({ files, plan: { history, findings } }: KnownPlan): StatusKnowledge {
  const messages = findings.map(withoutHaste).map(findingMessage);
  return { files, history, findings: messages, progress: null };
}

function replyOf(
  plugin: string,
  request: CheckedStatus,
  { files, history, findings, progress }: StatusKnowledge,
): StatusReply {
  const applied = appliedEntries(history);
  const pending = notApplied(files, history);
  const isChecksum = ({ category }: FindingMessage): boolean => category === "checksum";
  const page = <T>(list: readonly T[]): T[] =>
    list.slice(request.offset, request.offset + request.limit);
  const reference = ({ version, name }: MigrationFile): { version: number; name: string } => ({
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
    available_migrations: page(files).map(reference),
    failed_migrations: page(history.filter((entry) => entry.status === "failed")).map((entry) => ({
      version: entry.version,
      name: entry.name,
      error_message: entry.errorMessage,
      applied_at: entry.appliedAt,
      applied_by: entry.appliedBy,
    })),
    checksum_warnings: page(findings.filter(isChecksum)),
    pending_warnings: page(findings.filter((each) => !isChecksum(each))),
    locked: progress !== null,
    ...(progress === null ? {} : { progress }),
  };
}

/** What was read, and the plan where nothing was left out for want of time. */
interface Read {
  readonly outcome: DatabaseOutcome<StatusKnowledge>;
  readonly plan: PlanOutline | null;
}

async function readDatabase(
  session: DatabaseSession,
  files: LoadedFiles,
  context: HandlerContext,
): Promise<Read> {
  const prepared = await preparePlan(session, {
    target: { direction: "apply", version: "latest" },
    deadline: deadlineIn(REHEARSAL_TIMEOUT_MS, context.signal),
    span: context.span,
  }, context);
  const { migrations } = files;
  if (prepared.ok) {
    const plan = prepared.value;
    const value = knowledgeOf({ files: migrations, plan });
    return { outcome: { ok: true, value }, plan: plan.interrupted === null ? plan : null };
  }
  // The history can be read where the schema cannot be read or rebuilt.
  const history = await session.history();
  if (!history.ok) return { outcome: history, plan: null };
  const notRehearsed = finding(
    "WARNING",
    "not-rehearsed",
    NO_MIGRATION,
    `Pending migrations were not rehearsed: ${prepared.message}`,
  );
  const drift = driftFindings(files, history.value);
  const findings = [...files.findings, ...drift, notRehearsed].map(findingMessage);
  const value = { files: migrations, history: history.value, findings, progress: null };
  return { outcome: { ok: true, value }, plan: null };
}

// A run has more time than status, so a slow file is no error here.
function withoutHaste(found: Finding): Finding {
  if (found.code !== "interrupted") return found;
  const message = `${found.file ?? "A pending migration"} was not rehearsed to its end, because ` +
    `that takes longer than status waits; a dry run rehearses it`;
  return { ...found, level: "INFO", code: "not-rehearsed", message };
}
