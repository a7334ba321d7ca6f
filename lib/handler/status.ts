// Handles `status`: compares files with history, and always answers.

import { deadlineIn } from "../deadline.ts";
import type { Failed } from "../outcome.ts";
import { type Finding, finding } from "../finding/finding.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { FindingMessage, ProgressMessage, StatusReply } from "../message/reply.ts";
import type { CheckedStatus } from "../message/request.ts";
import type { MigrationFile } from "../migration/migration.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { appliedEntries, currentVersion, type History } from "../plan/history.ts";
import { driftFindings } from "../rule/drift.ts";
import type { FoundFiles } from "../source/migration_source.ts";
import type { DatabaseOutcome, DatabaseSession, LoadedFiles } from "../database/session.ts";
import type { HandlerContext } from "./context.ts";
import { databaseFailure, type Failure, failureReply } from "./failure.ts";

// Rehearsing what is pending is a courtesy of status; it must not make status slow.
const REHEARSAL_TIMEOUT_MS = 2_000;

/** What status knows of the files and the database. */
interface Knowledge {
  readonly files: readonly MigrationFile[];
  readonly history: History;
  readonly findings: readonly FindingMessage[];
  readonly progress: ProgressMessage | null;
}

type SourceFiles = Extract<FoundFiles, { found: true }>["files"];

/**
 * Reports a database. While a run holds it, the answer comes from the run's last snapshot at once;
 * otherwise from files and database, with what a rehearsal of the pending migrations finds.
 */
export async function status(
  address: DatabaseAddress,
  request: CheckedStatus,
  context: HandlerContext,
): Promise<StatusReply | Failure> {
  const { plugin } = address;
  const found = await context.source.find(plugin);
  if (!found.found) return failureReply("PLUGIN_NOT_FOUND", plugin, found.message);
  const known = await learn(address, found.files, context);
  if ("error_code" in known) return known;

  const { files, history, findings, progress } = known;
  const applied = appliedEntries(history);
  const appliedVersions = new Set(applied.map(({ version }) => version));
  const pending = files.filter(({ version }) => !appliedVersions.has(version));
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

async function learn(
  address: DatabaseAddress,
  files: SourceFiles,
  context: HandlerContext,
): Promise<Knowledge | Failure> {
  const running = context.locks.current(address);
  if (running !== null) return running;
  await using session = await context.databases.open({ kind: "plugin", ...address }, "read");
  const loaded = await session.load(files);
  const fail = (failed: Failed): Knowledge | Failure =>
    // A run may have begun in between, and it keeps the database to itself.
    context.locks.current(address) ??
      databaseFailure(failed, address.plugin, loaded.ok ? loaded.value.findings : []);
  if (!loaded.ok) return fail(loaded);
  const read = await readDatabase(session, loaded.value, context);
  if (read.ok) return read.value;
  const snapshot = context.locks.current(address);
  if (snapshot !== null) return snapshot;
  // A run of another process may have begun and ended in between.
  const again = await readDatabase(session, loaded.value, context);
  return again.ok ? again.value : fail(again);
}

async function readDatabase(
  session: DatabaseSession,
  files: LoadedFiles,
  context: HandlerContext,
): Promise<DatabaseOutcome<Knowledge>> {
  const prepared = await session.prepare(
    { direction: "apply", version: "latest" },
    deadlineIn(REHEARSAL_TIMEOUT_MS, context.signal),
  );
  const known = (history: History, findings: readonly Finding[]): DatabaseOutcome<Knowledge> => ({
    ok: true,
    value: {
      files: files.migrations,
      history,
      findings: findings.map(findingMessage),
      progress: null,
    },
  });
  if (prepared.ok) {
    const { history, findings } = prepared.value;
    return known(history, findings.map(withoutHaste));
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
  const drift = driftFindings(files, history.value);
  return known(history.value, [...files.findings, ...drift, notRehearsed]);
}

// A run has more time than status, so what takes long here is no error of the file.
function withoutHaste(found: Finding): Finding {
  if (found.code !== "interrupted") return found;
  const message = `${found.file ?? "A pending migration"} was not rehearsed to its end, because ` +
    `that takes longer than status waits; a dry run rehearses it`;
  return { ...found, level: "INFO", code: "not-rehearsed", message };
}
