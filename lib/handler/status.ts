// Handles `status`: compares files with history, and always answers.

import { deadlineIn } from "../deadline.ts";
import { type Finding, finding, FINDING_CODES } from "../finding/finding.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { ProgressMessage, StatusReply } from "../message/reply.ts";
import type { CheckedStatus } from "../message/request.ts";
import type { Migration } from "../migration/migration.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { appliedEntries, currentVersion, type History, notApplied } from "../plan/history.ts";
import { driftFindings } from "../rule/drift.ts";
import type { LoadedMigrations } from "../source/migration_source.ts";
import type { DatabaseOutcome, DatabaseSession } from "../database/session.ts";
import type { HandlerContext } from "./context.ts";
import { databaseFailure, type Failure, failureReply } from "./failure.ts";
import { readBesideRuns } from "./read_beside_runs.ts";

// The rehearsal of pending migrations must not make status slow.
const REHEARSAL_TIMEOUT_MS = 2_000;

/** What was read of the database. */
interface Knowledge {
  readonly history: History;
  readonly findings: readonly Finding[];
  readonly progress: ProgressMessage | null;
}

type LoadedFiles = Extract<LoadedMigrations, { found: true }>;

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
  const known = await readBesideRuns<Knowledge>(address, context, {
    snapshot: ({ history, progress }) => ({
      history,
      progress,
      findings: fileFindings(loaded, history),
    }),
    database: (session) => readDatabase(session, loaded, context),
  });
  if (!known.ok) return databaseFailure(known, plugin, loaded.findings);

  const { history, findings, progress } = known.value;
  const applied = appliedEntries(history);
  const pending = notApplied(migrations, history);
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
    locked: progress !== null,
    ...(progress === null ? {} : { progress }),
  };
}

async function readDatabase(
  session: DatabaseSession,
  files: LoadedFiles,
  context: HandlerContext,
): Promise<DatabaseOutcome<Knowledge>> {
  const { migrations, findings } = files;
  const prepared = await session.prepare(
    { migrations, findings, target: { direction: "apply", version: "latest" } },
    deadlineIn(REHEARSAL_TIMEOUT_MS, context.signal),
  );
  if (prepared.ok) {
    const { history, findings } = prepared.value;
    return { ok: true, value: { history, progress: null, findings: findings.map(withoutHaste) } };
  }
  // The history can be read where the schema cannot be read or rebuilt.
  const history = await session.history();
  if (!history.ok) return history;
  const notRehearsed = finding(
    "WARNING",
    "not-rehearsed",
    { version: null, name: null, file: null },
    `Pending migrations were not rehearsed: ${prepared.message}`,
  );
  return {
    ok: true,
    value: {
      history: history.value,
      progress: null,
      findings: [...fileFindings(files, history.value), notRehearsed],
    },
  };
}

function fileFindings(files: LoadedFiles, history: History): readonly Finding[] {
  return [...files.findings, ...driftFindings(files, history)];
}

// A run has more time than status, so a slow file is no error here.
function withoutHaste(found: Finding): Finding {
  if (found.code !== "interrupted") return found;
  const message = `${found.file ?? "A pending migration"} was not rehearsed to its end, because ` +
    `that takes longer than status waits; a dry run rehearses it`;
  return { ...found, level: "INFO", code: "not-rehearsed", message };
}
