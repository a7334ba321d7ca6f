// Cuts the power after every change that a restore makes to a disk, and looks at what comes back.

import { memoryBackups } from "../../lib/backup/storage_backups.ts";
import { SANDBOX_JOURNAL } from "../../lib/browser/database/sandbox_journal.ts";
import type { Journal } from "../../lib/database/database_access.ts";
import { WorkerDatabase } from "../../lib/database/worker_database.ts";
import type { Migration } from "../../lib/migration/migration.ts";
import { type Files, memoryStorage } from "../../lib/vfs/memory_storage.ts";
import type { Storage } from "../../lib/vfs/storage.ts";
import { storageWithIndex } from "../support/disk_with_index.ts";
import { PowerCut } from "../support/power_cut.ts";
import {
  type DiskOperation,
  type SimulatedDisk,
  simulatedDisk,
} from "../support/simulated_disk.ts";
import { diskOutcomes, type OutcomeSelection } from "./disk_outcomes.ts";
import { type Engine, openDatabase, startEngine } from "./engine.ts";
import { DATABASE, PLUGIN, runAsFound } from "./migration_session.ts";
import { type DatabaseState, readState } from "./recovered_state.ts";
import { NEVER } from "../../lib/deadline.ts";

/** How the database keeps its journal; `shared` is a log that native programs share. */
export type RestoreMode = "delete" | "truncate" | "wal" | "shared";

/** Every mode. */
export const RESTORE_MODES: readonly RestoreMode[] = ["delete", "truncate", "wal", "shared"];

/** What was tried, and what came back other than whole. */
export interface RestoreExploration {
  readonly crashPoints: number;
  readonly outcomes: number;
  readonly before: number;
  readonly after: number;
  readonly violations: readonly string[];
}

const BACKUPS = `/data/backups/${PLUGIN}`;
const JOURNALS: Readonly<Record<RestoreMode, Journal>> = {
  delete: { mode: "delete" },
  truncate: SANDBOX_JOURNAL,
  wal: { mode: "wal" },
  shared: { mode: "wal" },
};
const MOST_VIOLATIONS = 5;

/**
 * Restores a backup of version `from` into a database at version `to`, and cuts the power
 * everywhere. `spoil` breaks the disk's promises, to see whether that is noticed.
 */
export async function exploreRestore(
  mode: RestoreMode,
  migrations: readonly Migration[],
  { from, to }: { readonly from: number; readonly to: number },
  selection: OutcomeSelection,
  spoil: (operation: DiskOperation) => boolean = () => false,
): Promise<RestoreExploration> {
  const engine = { ...await startEngine(), journal: JOURNALS[mode] };
  const verifier = await startEngine();
  const start = await prepared(engine, mode, migrations, from, to);
  const disk = simulatedDisk(start);
  engine.plug(storageOf(mode, disk));
  const outcome = await databaseOn(engine, disk).backups.restore(
    { runId: "run", backup: "latest", dryRun: false },
    NEVER,
  );
  if (!outcome.ok) throw new Error(outcome.message);
  const replaced = outcome.value.replaced;
  if (replaced === null) throw new Error("Nothing was kept");
  const before = read(verifier, start);
  const after = read(verifier, disk.files());
  if (before.version !== to || after.version !== from) throw new Error("It was not restored");

  const operations = disk.operations.filter((each) => !spoil(each));
  const cut = new PowerCut(start);
  const counts = { crashPoints: 0, outcomes: 0, before: 0, after: 0 };
  const violations: string[] = [];
  for (let changes = 0; changes <= operations.length; changes++) {
    const operation = operations[changes - 1];
    if (operation !== undefined) cut.advance(operation);
    counts.crashPoints += 1;
    const known = new Set<string>();
    for (const { name, image } of diskOutcomes(cut, { ...selection, seed: changes })) {
      counts.outcomes += 1;
      if (known.has(image.key)) continue;
      known.add(image.key);
      const problem = judge(image.files(), changes === operations.length);
      if (problem !== null) violations.push(`${mode}, change ${changes}, ${name}: ${problem}`);
      if (violations.length >= MOST_VIOLATIONS) return { ...counts, violations };
    }
  }
  return { ...counts, violations };

  function judge(files: Files, isReported: boolean): string | null {
    try {
      const found = read(verifier, files);
      if (found.contents === after.contents) {
        counts.after += 1;
        // What was replaced is only in the backup now.
        const kept = read(verifier, files, `${BACKUPS}/${replaced}`);
        return kept.contents === before.contents ? null : "what was replaced is not kept";
      }
      counts.before += 1;
      if (found.contents !== before.contents) return "the database is neither of the two";
      return isReported ? "the restore was reported, and it is lost" : null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** A disk with a database at version `to`, and a backup of it from version `from`. */
async function prepared(
  engine: Engine,
  mode: RestoreMode,
  migrations: readonly Migration[],
  from: number,
  to: number,
): Promise<Files> {
  const disk = simulatedDisk();
  engine.plug(storageOf(mode, disk));
  const apply = async (version: number): Promise<void> => {
    const { end } = await runAsFound(engine, "default", {
      path: DATABASE,
      backups: "/data/other",
      migrations,
      target: { direction: "apply", version },
      onCommitted() {},
    });
    if (end.kind !== "completed") throw new Error(JSON.stringify(end));
  };
  await apply(from);
  const made = await databaseOn(engine, disk).backups.make(
    { reason: "request", runId: "r" },
    NEVER,
  );
  if (!made.ok) throw new Error(made.message);
  await apply(to);
  return disk.files();
}

function storageOf(mode: RestoreMode, disk: SimulatedDisk): Storage {
  return mode === "shared" ? storageWithIndex(disk) : disk.storage;
}

function databaseOn(engine: Engine, disk: SimulatedDisk): WorkerDatabase {
  const storage = { ...engine.storage, files: () => disk.files() };
  return new WorkerDatabase(engine, {
    kind: "plugin",
    plugin: PLUGIN,
    tenant: null,
    path: DATABASE,
    backups: memoryBackups(storage, BACKUPS, DATABASE),
  });
}

function read(verifier: Engine, files: Files, path = DATABASE): DatabaseState {
  verifier.plug(memoryStorage(files));
  using connection = openDatabase(verifier, path);
  return readState(connection);
}
