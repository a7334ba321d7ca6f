// Copies a live database, and proves the copy before it counts. Runs where SQLite runs.

import { type Deadline, overdue } from "../deadline.ts";
import { readHistory } from "../history/history_table.ts";
import type { Failed, Outcome } from "../outcome.ts";
import { currentVersion } from "../plan/history.ts";
import type { Connection } from "../sqlite/connection.ts";
import { adviseOn, isInterrupt, SqliteError } from "../sqlite/sqlite_error.ts";
import { Interrupter } from "../statement/interrupter.ts";
import { StorageError } from "../vfs/storage.ts";
import type { BackupPlace } from "./backup_place.ts";
import { type BackupLabel, backupName, type BackupRecord } from "./backup_record.ts";
import { type Proof, proveCopy } from "./prove_copy.ts";

/** A backup that was made. */
export interface Backup {
  readonly name: string;
  readonly path: string;
  readonly record: BackupRecord;
  /** Whether the free space could be read beforehand. */
  readonly spaceChecked: boolean;
}

/** A backup, or the reason why there is none, which the caller puts into a sentence. */
export type BackupOutcome = Outcome<Backup, "unavailable">;

/** What making a backup needs beside the database. */
export interface BackupSettings {
  readonly place: BackupPlace;
  readonly deadline: Deadline;
}

// What the copy needs beyond the pages: the record, and the file system's own bookkeeping.
const MARGIN_BYTES = 1024 * 1024;

/**
 * Copies the database into a new file of the place, page by page, and compares the copy with it.
 * The copy gets its name when it is complete and proven. No older backup is removed: call
 * `removeExpired()` once the copy is certain to stay. Must be called outside a transaction, with
 * the lock of the database held. Fails with `unavailable` where there is no room, the disk fails or
 * the copy differs; throws `SqliteError` only where the deadline interrupts it.
 */
export async function backUp(
  connection: Connection,
  label: BackupLabel,
  settings: BackupSettings,
): Promise<BackupOutcome> {
  try {
    return await copyInto(connection, label, settings);
  } catch (error) {
    if (error instanceof StorageError) return refuse(error.message);
    if (!(error instanceof SqliteError) || isInterrupt(error)) throw error;
    return { ...refuse(adviseOn(error.failure)), sqliteCode: error.failure.code };
  }
}

/** A name that was taken, and the path to write to. */
export interface BegunBackup {
  readonly name: string;
  readonly path: string;
}

/** Takes a name. Two backups of one millisecond are named after the next one, so both sort. */
export function beginBackup(
  place: Pick<BackupPlace, "begin">,
  plugin: string,
  version: number | null,
  at: string,
): BegunBackup {
  for (let ms = Date.parse(at);; ms++) {
    const name = backupName(plugin, version, new Date(ms).toISOString());
    const path = place.begin(name);
    if (path !== null) return { name, path };
  }
}

async function copyInto(
  connection: Connection,
  label: BackupLabel,
  settings: BackupSettings,
): Promise<BackupOutcome> {
  const { place } = settings;
  const version = currentVersion(readHistory(connection, label.plugin));
  const { name, path } = beginBackup(place, label.plugin, version, label.at);
  try {
    const sizeBytes = connection.integer("PRAGMA page_count") *
      connection.integer("PRAGMA page_size");
    const freeBytes = place.freeBytes();
    if (freeBytes !== null && freeBytes < sizeBytes + MARGIN_BYTES) {
      place.discard(name);
      return refuse(
        `it needs ${sizeBytes + MARGIN_BYTES} bytes, and ${freeBytes} are free at ${path}; ` +
          `make room and try again`,
      );
    }
    const proof = copyAndProve(connection, path, label.plugin, settings.deadline);
    if (proof.kind === "different") {
      place.discard(name);
      return refuse(
        `the copy is not the database: ${proof.difference}; look at the disk of ${path}`,
      );
    }
    const { problem } = proof;
    const completed = await completeBackup(place, { name, path }, label, { version, problem });
    return { ok: true, value: { ...completed, spaceChecked: freeBytes !== null } };
  } catch (error) {
    place.discard(name);
    throw error;
  }
}

/** Completes a backup that was begun, with what is found about its file. */
export async function completeBackup(
  place: BackupPlace,
  { name, path }: BegunBackup,
  { plugin, tenant, reason, planHash, runId, at }: BackupLabel,
  { version, problem }: Pick<BackupRecord, "version" | "problem">,
): Promise<Omit<Backup, "spaceChecked">> {
  const { sizeBytes, sha256 } = await place.facts(path);
  const record: BackupRecord = {
    plugin,
    tenant,
    version,
    reason,
    plan_hash: planHash,
    run_id: runId,
    at,
    problem,
    size_bytes: sizeBytes,
    sha256,
  };
  await place.complete(name, record);
  return { name, path: place.pathOf(name), record };
}

function copyAndProve(
  connection: Connection,
  path: string,
  plugin: string,
  deadline: Deadline,
): Proof {
  connection.copyPages(path, () => overdue(deadline) !== null);
  using copy = connection.openBeside(path);
  using _interrupter = new Interrupter(copy, deadline);
  return proveCopy(connection, copy, plugin);
}

function refuse(message: string): Failed<"unavailable"> {
  return { ok: false, code: "unavailable", message };
}
