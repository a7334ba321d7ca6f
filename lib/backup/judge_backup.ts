// Decides whether a backup may take a database's place. Runs where SQLite runs.

import { historyOwners, readHistory } from "../history/history_table.ts";
import { quoteName } from "../message/plugin_name.ts";
import { currentVersion } from "../plan/history.ts";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import { isReserved } from "../plan/reserved_names.ts";
import type { Connection } from "../sqlite/connection.ts";
import { textOf } from "../sqlite/row.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";
import { StorageError } from "../vfs/storage.ts";
import type { BackupPlace, FileFacts, KnownBackup } from "./backup_place.ts";
import type { BackupRecord } from "./backup_record.ts";
import { checkProblem } from "./prove_copy.ts";
import { hasDatabaseHeader } from "../vfs/database_header.ts";

/** What reading a whole backup shows. */
export type Judgement =
  | {
    readonly kind: "restorable";
    /** Whether there is nothing in it: no table of the plugin, and no applied version. */
    readonly isEmpty: boolean;
    /** What could not be checked; `null` where everything was. */
    readonly unchecked: string | null;
  }
  /** It holds the bytes, unchanged, of a database that SQLite could not read. */
  | { readonly kind: "unreadable"; readonly problem: string }
  /** It is damaged, in an unknown format, or another plugin's or tenant's. */
  | { readonly kind: "unfit"; readonly problem: string }
  | { readonly kind: "removed" };

/** What the files of backups are read from. */
export type BackupReader = Pick<BackupPlace, "facts" | "pathOf">;

/** Reads a whole backup, and decides whether it can take the place of the database at `address`. */
export async function judgeBackup(
  place: BackupReader,
  address: DatabaseAddress,
  backup: KnownBackup,
  open: (path: string) => Connection,
): Promise<Judgement> {
  const path = place.pathOf(backup.name);
  try {
    const facts = await place.facts(path);
    const changed = foreignRecord(address, backup) ?? changedFile(backup, facts);
    if (changed !== null) return unfit(changed);
    const { record } = backup;
    if (record?.version === null) return { kind: "unreadable", problem: unreadable(record) };
    const format = unknownFormat(facts);
    if (format !== null) return unfit(format);
    using connection = open(path);
    const inside = foreignHistory(connection, address.plugin) ??
      // A file that has the recorded SHA-256 was checked when it was made.
      (record === null ? damage(checkProblem(connection)) : null);
    if (inside !== null) return unfit(inside);
    return {
      kind: "restorable",
      isEmpty: isEmpty(connection, address.plugin),
      unchecked: record === null ? whatIsUnchecked(connection, address, backup) : null,
    };
  } catch (error) {
    if (error instanceof SqliteError) return unfit(damage(error.failure.message));
    if (error instanceof StorageError && error.code === "ENOENT") return { kind: "removed" };
    throw error;
  }
}

function unfit(problem: string): Judgement {
  return { kind: "unfit", problem };
}

function damage(problem: string): string;
function damage(problem: string | null): string | null;
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
  return owner === databaseName(address)
    ? null
    : `it is a backup of "${owner}", as ${record.tenant === null ? "" : "the tenant in "}` +
      `its record says; restore it there`;
}

function unreadable({ problem }: BackupRecord): string {
  return `SQLite could not read the database that it is a copy of: ${problem}; recover it ` +
    `with .recover of the sqlite3 shell`;
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

// https://sqlite.org/fileformat2.html#the_database_header
const WRITE_VERSION_AT = 18;
const READ_VERSION_AT = 19;
const SCHEMA_FORMAT_AT = 44;
const LOG_FORMAT = 2;
const NEWEST_SCHEMA_FORMAT = 4;

function unknownFormat({ header }: FileFacts): string | null {
  if (!hasDatabaseHeader(header)) return "it is not a SQLite database, or it is encrypted";
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

function isEmpty(connection: Connection, plugin: string): boolean {
  const objects = connection.rows("SELECT name FROM main.sqlite_schema");
  return currentVersion(readHistory(connection, plugin)) === 0 &&
    objects.map((row) => textOf(row, "name")).every((name) =>
      isReserved(name) || name.startsWith("sqlite_")
    );
}

function whatIsUnchecked(
  connection: Connection,
  { plugin }: DatabaseAddress,
  { recordState }: KnownBackup,
): string {
  const has = recordState === "unreadable" ? "has a record that cannot be read" : "has no record";
  const history = historyOwners(connection).length > 0
    ? `its history names the plugin "${plugin}" and no tenant`
    : "it has no history, so it is not known to be of this database";
  return `it ${has}, so its SHA-256 cannot be compared; ${history}`;
}
