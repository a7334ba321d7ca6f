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
import {
  type BackupCode,
  chooseBackup,
  type PassedOver,
  refusalOf,
} from "../backup/choose_backup.ts";
import { judgeBackup, type Judgement } from "../backup/judge_backup.ts";
import { type Backup, backUp } from "../backup/make_backup.ts";
import { removeExpired } from "../backup/retention.ts";
import type { Deadline } from "../deadline.ts";
import type { CommitGate } from "../execution/execution.ts";
import type { Failed, Outcome } from "../outcome.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { Connection } from "../sqlite/connection.ts";
import type { DatabaseAccess, PluginLocation, WorkerEnvironment } from "./database_access.ts";
import { DatabaseReplacement, isUnreadable, whyNotInPlaceOf } from "./replace_database.ts";
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
  /** `null` where it was not read. */
  readonly state: "restorable" | "unreadable" | "unfit" | null;
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
  /** What SQLite said about the database when the backup was made; `null` where it found nothing. */
  readonly problem: string | null;
  /** What of the backup could not be checked; `null` where everything was. */
  readonly unchecked: string | null;
  /** Newer backups that `latest` did not choose. */
  readonly passedOver: readonly PassedOver[];
}

/** The report of a restore, or why nothing was changed. */
export type RestoreOutcome = Outcome<RestoreReport, DatabaseCode | BackupCode>;

/** The backups of one database. */
export class DatabaseBackups {
  readonly #environment: WorkerEnvironment;
  readonly #access: DatabaseAccess;
  readonly #location: DatabaseAddress & PluginLocation;
  readonly #gate: CommitGate;

  constructor(
    environment: WorkerEnvironment,
    access: DatabaseAccess,
    location: DatabaseAddress & PluginLocation,
    gate: CommitGate,
  ) {
    this.#environment = environment;
    this.#access = access;
    this.#location = location;
    this.#gate = gate;
  }

  /** Lists the backups, newest first. With `verify`, each is read whole and judged. */
  list({ verify, limit, offset }: BackupListRequest): Promise<DatabaseOutcome<BackupList>> {
    return this.#access.attempt(async () => {
      const known = await knownBackups(this.#place, this.#location.plugin);
      const backups: ListedBackup[] = [];
      for (const each of known.slice(offset, offset + limit)) {
        if (verify) backups.push(...await this.#verify(each));
        else backups.push({ ...each, state: null, problem: each.record?.problem ?? null });
      }
      return { backups, count: known.length };
    });
  }

  /** Removes a backup; says whether there was one. */
  remove(name: string): Promise<DatabaseOutcome<boolean>> {
    return this.#access.attempt(async () => {
      const isThere = (await this.#place.list()).some((each) => each.name === name);
      if (isThere) await this.#place.remove(name);
      return isThere;
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
        backUp(connection, this.#label(label), { place: this.#place, deadline })
      );
      const made = read.ok ? read.value : read;
      if (made.ok) await this.#removeExpired(made.value.name);
      return made;
    });
    const made = outcome.ok ? outcome.value : outcome;
    return made.ok ? made : { ...made, message: `Cannot make a backup: ${made.message}` };
  }

  /**
   * Puts a backup in the place of the database, in one transaction under its locks, and keeps what
   * was there as a backup first. A file that is no database cannot be locked, so it is replaced.
   */
  async restore(request: RestoreRequest, deadline: Deadline): Promise<RestoreOutcome> {
    const outcome = await this.#access.attempt(async (): Promise<RestoreOutcome> => {
      const judge = (backup: KnownBackup): Promise<Judgement> => this.#judge(backup);
      const { plugin } = this.#location;
      const chosen = await chooseBackup(this.#place, plugin, request.backup, judge);
      if (!chosen.ok) return chosen;
      const { backup: { name, record }, unchecked, passedOver } = chosen.value;
      using source = this.#open(this.#place.pathOf(name));
      const after = readContents(source, plugin);
      const read = await this.#contents();
      const orphan = this.#orphan();
      const before = orphan ?? read;
      if (!before.ok && orphan === null && !isUnreadable(before)) return before;
      const report: RestoreReport = {
        restored: name,
        previousVersion: before.ok ? before.value.version : null,
        currentVersion: after.version,
        replaced: null,
        problem: record?.problem ?? null,
        unchecked,
        passedOver,
        ...compareContents(before.ok ? before.value : NO_CONTENTS, after),
      };
      if (request.dryRun) {
        const problem = await this.#whyNotInPlace(source);
        return problem === null
          ? { ok: true, value: report }
          : { ok: false, code: "restore-failed", message: problem };
      }
      const replacement = new DatabaseReplacement(this.#environment, this.#access, {
        source,
        putInPlace: (path) => this.#place.putInPlace(name, path),
        inUse: [name],
        label: this.#label({ reason: "replaced", runId: request.runId }),
        location: this.#location,
        deadline,
        gate: this.#gate,
      });
      const kept = orphan === null
        ? await replacement.run(before.ok ? null : before)
        : await replacement.runBesideOrphan(orphan.message);
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
    const { plugin, tenant } = this.#location;
    return { plugin, tenant, planHash: null, at: new Date().toISOString(), ...label };
  }

  /** Returns none where the backup was removed meanwhile. */
  async #verify(backup: KnownBackup): Promise<readonly ListedBackup[]> {
    const judged = await this.#judge(backup);
    switch (judged.kind) {
      case "restorable":
        return [{ ...backup, state: judged.kind, problem: backup.record?.problem ?? null }];
      case "unreadable":
      case "unfit":
        return [{
          ...backup,
          state: judged.kind,
          problem: refusalOf(backup.name, judged).message,
        }];
      case "removed":
        return [];
    }
    judged satisfies never;
  }

  #judge(backup: KnownBackup): Promise<Judgement> {
    return judgeBackup(this.#place, this.#location, backup, (path) => this.#open(path));
  }

  /** Why what lies beside a missing database has to be kept; `null` where nothing does. */
  #orphan(): Failed<DatabaseCode> | null {
    const { path } = this.#location;
    if (!this.#place.hasOrphan(path)) return null;
    const message = `the log or the journal of ${path} is there without the database`;
    return { ok: false, code: "unavailable", message };
  }

  /** Why the restore itself would be refused, as far as the database can be read. */
  async #whyNotInPlace(source: Connection): Promise<string | null> {
    const { mode } = this.#environment.journal;
    const refusal = await this.#access.read((target) =>
      this.#isThere() ? whyNotInPlaceOf(target, source) : whyNotInPlaceOf(target, source, mode)
    );
    return refusal.ok ? refusal.value : null;
  }

  #contents(): Promise<DatabaseOutcome<Contents>> {
    return this.#access.read((connection) => readContents(connection, this.#location.plugin));
  }

  #removeExpired(name: string): Promise<void> {
    const { retention } = this.#environment.backups;
    return removeExpired(this.#place, this.#location.plugin, retention, new Set([name]));
  }
}
