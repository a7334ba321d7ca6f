// One apply or rollback in this thread, as godwit runs it or in another journal mode.

import { runBackups } from "../support/backup_places.ts";
import type { BackupPlace } from "../../lib/backup/backup_place.ts";
import { collectingHash, storageBackups } from "../../lib/backup/storage_backups.ts";
import { readBase } from "../../lib/history/database_base.ts";
import { executePlan } from "../../lib/execution/execute_plan.ts";
import { type Execution, type ExecutionEvent, OPEN_GATE } from "../../lib/execution/execution.ts";
import { NEVER } from "../../lib/deadline.ts";
import { rehearse } from "../../lib/rehearsal/rehearse.ts";
import type { Migration } from "../../lib/migration/migration.ts";
import { NO_QUERY_FILES } from "../../lib/migration/query_file.ts";
import type { Outcome } from "../../lib/outcome.ts";
import type { History } from "../../lib/plan/history.ts";
import { completePlan, type PlanBase, planStep } from "../../lib/plan/migration_plan.ts";
import { selectSteps, type Target } from "../../lib/plan/select_steps.ts";
import { directorySource } from "../../lib/source/directory_source.ts";
import { loadMigrations } from "../support/source_cases.ts";
import { SANDBOX_JOURNAL } from "../../lib/browser/database/sandbox_journal.ts";
import type { WorkerEnvironment } from "../../lib/database/database_access.ts";
import { WorkerDatabase } from "../../lib/database/worker_database.ts";
import { type Engine, openDatabase } from "./engine.ts";

/**
 * How the database keeps its journal while a migration runs: `wal` as godwit does; `delete` with a
 * rollback journal whose directory is synced after it is deleted; `truncate` as the sandbox does, with a
 * rollback journal that is cut to nothing; `conversion` found with a rollback
 * journal, which godwit changes; `shared` a write-ahead log that native programs share; `-spill` with a
 * page cache so small that uncommitted pages reach the disk.
 */
export type SessionMode =
  | "wal"
  | "delete"
  | "truncate"
  | "conversion"
  | "shared"
  | "shared-spill"
  | "wal-spill"
  | "delete-spill";

/** Every mode. */
export const SESSION_MODES: readonly SessionMode[] = [
  "wal",
  "delete",
  "truncate",
  "conversion",
  "shared",
  "shared-spill",
  "wal-spill",
  "delete-spill",
];

/** The plugin that has the examples, and its database on a simulated disk. */
export const PLUGIN = "library";
export const DATABASE = "/data/library.sqlite3";
const BACKUPS = "/data/backups/library";
const NOW = "2026-01-01T00:00:00.000Z";

/** The ten example migrations, in order. */
export async function exampleMigrations(): Promise<readonly Migration[]> {
  const root = new URL("../../", import.meta.url).pathname;
  const loaded = await loadMigrations(directorySource(root), "examples");
  if (typeof loaded === "string" || loaded.findings.length > 0) {
    throw new Error("The examples do not load");
  }
  return loaded.migrations;
}

/** How a session ended. */
export interface SessionResult extends Pick<Execution, "end"> {
  /** The path of the backup; `null` where none was made. */
  readonly backup: string | null;
}

/**
 * Runs one request of one step on the engine's storage and closes the database, unless the run failed.
 * `onCommitted` is called when the step is reported.
 */
export async function runSession(
  engine: Engine,
  mode: SessionMode,
  migrations: readonly Migration[],
  target: Target,
  onCommitted: () => void,
): Promise<SessionResult> {
  const run: SessionRun = { path: DATABASE, backups: BACKUPS, migrations, target, onCommitted };
  return await (mode === "wal" || mode === "conversion" || mode === "shared"
    ? runAsWorker(engine, run)
    : mode === "truncate"
    ? runAsWorker({ ...engine, journal: SANDBOX_JOURNAL }, run)
    : runWithPragmas(engine, mode, run));
}

/** Whether native programs share the log in a mode. */
export function isShared(mode: SessionMode): boolean {
  return mode === "shared" || mode === "shared-spill";
}

/** One request. */
export interface SessionRun {
  readonly path: string;
  /** The directory for backups. */
  readonly backups: string;
  readonly migrations: readonly Migration[];
  readonly target: Target;
  readonly onCommitted: () => void;
}

const PRAGMAS = {
  "delete": "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA",
  "delete-spill": "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA; PRAGMA cache_size=4",
  "wal-spill": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=4",
  "shared-spill": "PRAGMA synchronous=EXTRA; PRAGMA cache_size=4",
};

/** Runs one request on a database that is there, in the journal mode that it has. */
export async function runAsFound(
  engine: Engine,
  cache: "default" | "4 pages",
  run: SessionRun,
): Promise<SessionResult> {
  return await (cache === "default"
    ? runAsWorker(engine, run)
    : runWithPragmas(engine, "shared-spill", run));
}

async function runAsWorker(
  engine: WorkerEnvironment & Pick<Engine, "storage">,
  { path, backups, migrations, target, onCommitted }: SessionRun,
): Promise<SessionResult> {
  const database = new WorkerDatabase(engine, {
    kind: "plugin",
    plugin: PLUGIN,
    tenant: null,
    path,
    backups: backupPlace(engine, backups),
  });
  const plan = valueOf(
    await database.prepare({ migrations, findings: [], queries: NO_QUERY_FILES, target }, NEVER, {
      onPlanned() {},
      onRehearsed() {},
      endlessAfter: () => undefined,
    }),
  );
  const request = {
    runId: "1",
    mode: "commit",
    appliedBy: "test",
    transaction: "migration",
  } as const;
  return valueOf(await database.execute(plan.hash, request, NEVER, whenFinished(onCommitted)));
}

async function runWithPragmas(
  engine: Engine,
  mode: keyof typeof PRAGMAS,
  { path, backups, migrations, target, onCommitted }: SessionRun,
): Promise<SessionResult> {
  if (isShared(mode)) engine.storage.create(path, "wal");
  using connection = openDatabase(engine, path);
  connection.exec(PRAGMAS[mode]);
  const base = await readBase(connection, PLUGIN);
  const plan = await planOf(migrations, target, base);
  const rehearsal = await rehearse(engine.sqlite3, base, plan.steps, NEVER);
  const { end, backup } = await executePlan(connection, plan, rehearsal.steps, {
    mode: "commit",
    transaction: "migration",
    runId: "1",
    appliedBy: "test",
    texts: new Map(),
    deadline: NEVER,
    now: () => NOW,
    backups: runBackups(backupPlace(engine, backups)),
    commitGate: OPEN_GATE,
    onEvent: whenFinished(onCommitted),
  });
  return { end, backup: backup?.path ?? null };
}

function whenFinished(onCommitted: () => void): (event: ExecutionEvent) => void {
  return ({ kind }) => {
    if (kind === "step-finished") onCommitted();
  };
}

async function planOf(
  migrations: readonly Migration[],
  target: Target,
  base: { readonly history: History; readonly digests: PlanBase },
) {
  const selection = selectSteps(target, migrations, base.history);
  if (!selection.ok) throw new Error(selection.message);
  return await completePlan({
    plugin: PLUGIN,
    direction: target.direction,
    from: selection.from,
    to: selection.to,
    base: base.digests,
    steps: selection.migrations.map((migration) => planStep(migration, target.direction)),
  });
}

/** A directory for backups on the engine's storage. */
export function backupPlace(
  { storage }: Pick<Engine, "storage">,
  directory: string = BACKUPS,
): BackupPlace {
  return storageBackups(storage, {
    path: directory,
    create() {},
    // What a storage cannot list. Every session begins on a disk without incomplete files.
    names: () => [],
    isFile: (path) => storage.sizeOf(path) !== null,
    writtenAt: () => NOW,
    freeBytes: () => null,
    makePrivate() {},
    hash: collectingHash,
  }, DATABASE);
}

/** A session could not do its work. The message says why. */
export class SessionFailed extends Error {}

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new SessionFailed(outcome.message);
  return outcome.value;
}
