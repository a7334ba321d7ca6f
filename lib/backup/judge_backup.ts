// Decides whether a backup may take a database's place. Runs where SQLite runs.

import { historyOwners } from "../history/history_table.ts";
import { quoteName } from "../message/plugin_name.ts";
import type { Failed, Outcome } from "../outcome.ts";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import type { Connection } from "../sqlite/connection.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";
import { StorageError } from "../vfs/storage.ts";
import {
  type BackupPlace,
  type FileFacts,
  type KnownBackup,
  knownBackups,
} from "./backup_place.ts";
import { checkProblem } from "./prove_copy.ts";

/** Why a backup is not restored: there is none, or it is damaged or of another database. */
export type BackupCode = "backup-not-found" | "restore-failed";

/** What the names and the files of backups are looked up in. */
export type BackupLister = Pick<BackupPlace, "list" | "facts" | "pathOf">;

/**
 * Finds a backup by its name, or the newest one that SQLite can read. A name is only compared with
 * those that are listed, so it cannot lead to another directory.
 */
export async function findBackup(
  place: BackupLister,
  plugin: string,
  name: string,
): Promise<Outcome<KnownBackup, BackupCode>> {
  const backups = await knownBackups(place, plugin);
  const found = name === "latest"
    ? backups.find(({ record }) => record === null || record.version !== null)
    : backups.find((backup) => backup.name === name);
  if (found !== undefined) return { ok: true, value: found };
  const message = backups.length === 0
    ? `There is no backup of "${plugin}" at ${place.pathOf("")}`
    : name === "latest"
    ? "None of the backups can be read; ask for backups"
    : `There is no backup ${quoteName(name.slice(0, 200))}; ask for backups, which lists them`;
  return { ok: false, code: "backup-not-found", message };
}

/**
 * Reads a whole backup and says what is wrong with it: damage, a format that this SQLite does not
 * know, or another plugin's or tenant's database.
 */
export async function judgeBackup(
  place: BackupLister,
  address: DatabaseAddress,
  backup: KnownBackup,
  open: (path: string) => Connection,
): Promise<Failed<BackupCode> | null> {
  const path = place.pathOf(backup.name);
  try {
    const facts = await place.facts(path);
    const problem = foreignRecord(address, backup) ?? changedFile(backup, facts) ??
      unknownFormat(facts);
    if (problem !== null) return refuse(backup.name, problem);
    using connection = open(path);
    const inside = foreignHistory(connection, address.plugin) ??
      // A file that has the recorded SHA-256 was checked when it was made.
      (backup.record === null ? damage(checkProblem(connection)) : null);
    return inside === null ? null : refuse(backup.name, inside);
  } catch (error) {
    if (error instanceof SqliteError) return refuse(backup.name, damage(error.failure.message));
    if (!(error instanceof StorageError) || error.code !== "ENOENT") throw error;
    const message = `The backup "${backup.name}" was removed meanwhile; ask for backups`;
    return { ok: false, code: "backup-not-found", message };
  }
}

function refuse(name: string, problem: string | null): Failed<"restore-failed"> {
  const message = `Cannot restore "${name}", and nothing was changed: ${problem}`;
  return { ok: false, code: "restore-failed", message };
}

function damage(problem: string | null): string | null {
  return problem === null
    ? null
    : `it is damaged: ${problem}; restore another one, or recover it with .recover of the ` +
      `sqlite3 shell`;
}

function foreignRecord(
  address: DatabaseAddress,
  { record }: Pick<KnownBackup, "record">,
): string | null {
  if (record === null) return null;
  const owner = databaseName(record);
  if (owner !== databaseName(address)) {
    return `it is a backup of "${owner}", as ${record.tenant === null ? "" : "the tenant in "}` +
      `its record says; restore it there`;
  }
  return record.version === null
    ? `SQLite could not read the database that it is a copy of: ${record.problem}; recover it ` +
      `with .recover of the sqlite3 shell`
    : null;
}

function changedFile({ record }: Pick<KnownBackup, "record">, facts: FileFacts): string | null {
  if (record === null) return null;
  if (record.size_bytes !== facts.sizeBytes) {
    return damage(`it has ${facts.sizeBytes} bytes, and ${record.size_bytes} by its record`);
  }
  return record.sha256 === facts.sha256
    ? null
    : damage(`its SHA-256 is ${facts.sha256}, and ${record.sha256} by its record`);
}

const MAGIC = "SQLite format 3\0";
const HEADER_BYTES = 100;
// https://sqlite.org/fileformat2.html#the_database_header
const WRITE_VERSION_AT = 18;
const READ_VERSION_AT = 19;
const SCHEMA_FORMAT_AT = 44;
const LOG_FORMAT = 2;
const NEWEST_SCHEMA_FORMAT = 4;

function unknownFormat({ header }: FileFacts): string | null {
  const magic = new TextDecoder().decode(header.subarray(0, MAGIC.length));
  if (header.length < HEADER_BYTES || magic !== MAGIC) {
    return "it is not a SQLite database, or it is encrypted";
  }
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const version = Math.max(view.getUint8(WRITE_VERSION_AT), view.getUint8(READ_VERSION_AT));
  if (version > LOG_FORMAT || view.getUint32(SCHEMA_FORMAT_AT) > NEWEST_SCHEMA_FORMAT) {
    return "it has a newer SQLite format than this SQLite reads; use a newer version of godwit";
  }
  return version === LOG_FORMAT
    ? "it says that a write-ahead log belongs to it, as a plain copy of a database does; make " +
      "it whole with PRAGMA journal_mode=DELETE in the sqlite3 shell, with its log beside it"
    : null;
}

/** Why the history in a database is not that of a plugin; `null` where it is, or there is none. */
export function foreignHistory(connection: Connection, plugin: string): string | null {
  const owners = historyOwners(connection);
  return owners.length === 0 || owners.includes(plugin)
    ? null
    : `it is the database of ${owners.map(quoteName).join(", ")} and not of "${plugin}"`;
}
