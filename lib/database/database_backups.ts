// The backups of one database: lists them, makes one, restores one. Runs where SQLite runs.

import { type BackupPlace, type KnownBackup, knownBackups } from "../backup/backup_place.ts";
import type { BackupLabel } from "../backup/backup_record.ts";
import {
  compareContents,
  type Contents,
  type ContentsChange,
  NO_CONTENTS,
  readContents,
} from "../backup/compare_contents.ts";
import { type BackupCode, findBackup, judgeBackup } from "../backup/judge_backup.ts";
import {
  type Backup,
  backUp,
  type BackupSettings,
  beginBackup,
  isOver,
  recordOf,
} from "../backup/make_backup.ts";
import type { Deadline } from "../deadline.ts";
import type { Failed, Outcome } from "../outcome.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { Connection } from "../sqlite/connection.ts";
import type { DatabaseAccess, PluginLocation, WorkerEnvironment } from "./database_access.ts";
import type { DatabaseCode, DatabaseOutcome } from "./session.ts";

/** Which backups to list. */
export interface BackupListRequest {
  /** Read each of them whole. */
  readonly verify: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** A backup, and what is wrong with it: now where it was verified, or when it was made. */
export interface ListedBackup extends KnownBackup {
  readonly problem: string | null;
}

/** Backups, newest first, and how many there are in all. */
export interface BackupList {
  readonly backups: readonly ListedBackup[];
  readonly count: number;
}

/** A backup that was made on request, or why there is none. */
export type MadeBackup = DatabaseOutcome<Backup>;

/** Which backup to restore. */
export interface RestoreRequest {
  readonly runId: string;
  /** A name, or `latest`. */
  readonly backup: string;
  readonly dryRun: boolean;
}

/** What a restore did, or would do. */
export interface RestoreReport extends ContentsChange {
  /** The name of the backup. */
  readonly restored: string;
  /** `null` where SQLite could not read the database. */
  readonly previousVersion: number | null;
  readonly currentVersion: number;
  /** The backup of what was there before; `null` where nothing was, and in a dry run. */
  readonly replaced: string | null;
}

/** The report of a restore, or why nothing was changed. */
export type RestoreOutcome = Outcome<RestoreReport, DatabaseCode | BackupCode>;

type Replaced = Outcome<string | null, DatabaseCode | BackupCode>;

/** The backups of one database. */
export class DatabaseBackups {
  readonly #environment: WorkerEnvironment;
  readonly #access: DatabaseAccess;
  readonly #address: DatabaseAddress;
  readonly #location: PluginLocation;

  constructor(
    environment: WorkerEnvironment,
    access: DatabaseAccess,
    address: DatabaseAddress,
    location: PluginLocation,
  ) {
    this.#environment = environment;
    this.#access = access;
    this.#address = address;
    this.#location = location;
  }

  /** Lists the backups, newest first. With `verify`, each is read whole and judged. */
  list({ verify, limit, offset }: BackupListRequest): Promise<DatabaseOutcome<BackupList>> {
    return this.#access.attempt(async () => {
      const known = await knownBackups(this.#place, this.#address.plugin);
      const backups: ListedBackup[] = [];
      for (const each of known.slice(offset, offset + limit)) {
        const problem = verify ? await this.#problemOf(each) : each.record?.problem ?? null;
        backups.push({ ...each, problem });
      }
      return { backups, count: known.length };
    });
  }

  /** Makes a backup now; fails where there is no database. */
  async make(
    label: Pick<BackupLabel, "reason" | "runId">,
    deadline: Deadline,
  ): Promise<MadeBackup> {
    // To read is enough, and lets other programs read too.
    const outcome = await this.#access.attempt(async (): Promise<MadeBackup> => {
      if (!this.#isThere()) {
        const message = `there is no database at ${this.#location.path}`;
        return { ok: false, code: "unavailable", message };
      }
      const read = await this.#access.read((connection) =>
        backUp(connection, this.#label(label), this.#settings(deadline))
      );
      return read.ok ? read.value : read;
    });
    const made = outcome.ok ? outcome.value : outcome;
    return made.ok ? made : { ...made, message: `Cannot make a backup: ${made.message}` };
  }

  /**
   * Puts a backup in the place of the database, in one transaction, and keeps what was there as a
   * backup first. Where SQLite cannot open the database, its bytes are kept and its file replaced.
   */
  async restore(request: RestoreRequest, deadline: Deadline): Promise<RestoreOutcome> {
    const outcome = await this.#access.attempt(async (): Promise<RestoreOutcome> => {
      const found = await findBackup(this.#place, this.#address.plugin, request.backup);
      if (!found.ok) return found;
      const { name } = found.value;
      const refusal = await this.#judge(found.value);
      if (refusal !== null) return refusal;
      using source = this.#open(this.#place.pathOf(name));
      const after = readContents(source, this.#address.plugin);
      const before = await this.#contents();
      if (!before.ok && !isUnreadable(before)) return before;
      const report: RestoreReport = {
        restored: name,
        previousVersion: before.ok ? before.value.version : null,
        currentVersion: after.version,
        replaced: null,
        ...compareContents(before.ok ? before.value : NO_CONTENTS, after),
      };
      if (request.dryRun) return { ok: true, value: report };
      const replaced = before.ok
        ? await this.#replaceContents(source, name, request, deadline)
        : before;
      const kept = replaced.ok || !isUnreadable(replaced)
        ? replaced
        : await this.#replaceFile(name, request, replaced.message);
      return kept.ok ? { ok: true, value: { ...report, replaced: kept.value } } : kept;
    });
    return outcome.ok ? outcome.value : outcome;
  }

  get #place(): BackupPlace {
    return this.#location.backups;
  }

  #isThere(): boolean {
    return (this.#environment.storage.sizeOf(this.#location.path) ?? 0) > 0;
  }

  #open(path: string): Connection {
    const { sqlite3, vfs } = this.#environment;
    return new Connection(sqlite3, { kind: "file", vfs, path, access: "copy" });
  }

  #label(label: Pick<BackupLabel, "reason" | "runId">): BackupLabel {
    return { ...this.#address, planHash: null, at: new Date().toISOString(), ...label };
  }

  #settings(deadline: Deadline): BackupSettings {
    return { place: this.#place, retention: this.#environment.backups.retention, deadline };
  }

  async #problemOf(backup: KnownBackup): Promise<string | null> {
    const refusal = await this.#judge(backup);
    return refusal?.message ?? null;
  }

  #judge(backup: KnownBackup): Promise<Failed<BackupCode> | null> {
    return judgeBackup(this.#place, this.#address, backup, (path) => this.#open(path));
  }

  #contents(): Promise<DatabaseOutcome<Contents>> {
    return this.#access.read((connection) => readContents(connection, this.#address.plugin));
  }

  /** Returns the name of the backup that holds what was there. */
  async #replaceContents(
    source: Connection,
    name: string,
    { runId }: RestoreRequest,
    deadline: Deadline,
  ): Promise<Replaced> {
    const outcome = await this.#access.change(
      async (target, _, isNew): Promise<Replaced> => {
        const refusal = whyNotInPlaceOf(target, source);
        if (refusal !== null) return { ok: false, code: "restore-failed", message: refusal };
        const settings = { ...this.#settings(deadline), inUse: new Set([name]) };
        // Nothing is written to the database between this copy and the end: its lock is held.
        const kept = isNew
          ? null
          : await backUp(target, this.#label({ reason: "replaced", runId }), settings);
        if (kept !== null && !kept.ok) {
          const message = `Cannot keep what the restore would replace: ${kept.message}`;
          return { ...kept, message };
        }
        target.replaceBy(source, () => isOver(deadline));
        return { ok: true, value: kept?.value.name ?? null };
      },
    );
    return outcome.ok ? outcome.value : outcome;
  }

  // No transaction is possible in a file that SQLite cannot open. Its name is moved to a whole
  // copy of the backup, which is atomic too, once its bytes are kept.
  async #replaceFile(
    name: string,
    { runId }: RestoreRequest,
    problem: string,
  ): Promise<DatabaseOutcome<string>> {
    const place = this.#place;
    const label = this.#label({ reason: "replaced", runId });
    const { path } = this.#location;
    const begun = beginBackup(place, label.plugin, null, label.at);
    try {
      await place.keepBytes(path, begun.path);
      const { sizeBytes: size_bytes, sha256 } = await place.facts(begun.path);
      await place.complete(begun.name, { ...recordOf(label, null), size_bytes, sha256, problem });
    } catch (error) {
      place.discard(begun.name);
      throw error;
    }
    await place.putInPlace(name, path);
    return { ok: true, value: begun.name };
  }
}

// https://sqlite.org/pragma.html#pragma_page_size
function whyNotInPlaceOf(target: Connection, source: Connection): string | null {
  const [present, wanted] = [target, source].map((each) => each.integer("PRAGMA page_size"));
  if (present === wanted || target.value("PRAGMA journal_mode") !== "wal") return null;
  return `Cannot restore the backup, and nothing was changed: its page size is ${wanted} bytes, ` +
    `that of the database is ${present}, and in WAL mode it cannot change; end the programs that ` +
    `have the database open, run PRAGMA journal_mode=DELETE in the sqlite3 shell, and try again`;
}

/** Whether SQLite found that a file is no database, or that it is damaged. */
function isUnreadable({ sqliteCode = "" }: Failed): boolean {
  return sqliteCode === "SQLITE_NOTADB" || sqliteCode.startsWith("SQLITE_CORRUPT");
}
