// Puts a backup in the place of a database, and keeps what was there. Runs where SQLite runs.

import type { DatabaseBytes } from "../backup/backup_place.ts";
import type { BackupLabel } from "../backup/backup_record.ts";
import type { BackupCode } from "../backup/choose_backup.ts";
import { backUp, type BackupOutcome, beginBackup, completeBackup } from "../backup/make_backup.ts";
import { removeExpired } from "../backup/retention.ts";
import { type Deadline, overdue } from "../deadline.ts";
import type { CommitGate } from "../execution/execution.ts";
import type { Failed, Outcome } from "../outcome.ts";
import type { Connection } from "../sqlite/connection.ts";
import { interrupted, isDamage, isInterrupt } from "../sqlite/sqlite_error.ts";
import type { SqlValue } from "../sqlite/sqlite3.ts";
import type { DatabaseAccess, PluginLocation, WorkerEnvironment } from "./database_access.ts";
import type { DatabaseCode } from "./session.ts";

/** What takes the place of what. */
export interface ReplacementRequest {
  /** A backup or another database, open. */
  readonly source: Connection;
  /** Puts it in the place of a file that is no database. */
  putInPlace(path: string): Promise<void>;
  /** Backups that must stay, because it is read from them. */
  readonly inUse: readonly string[];
  /** Labels the backup of what is replaced. */
  readonly label: BackupLabel;
  readonly location: PluginLocation;
  readonly deadline: Deadline;
  readonly gate: CommitGate;
}

/** The name of the backup that holds what was there, or why nothing was changed. */
export type Replaced = Outcome<string | null, DatabaseCode | BackupCode>;

/** One backup that takes the place of one database. */
export class DatabaseReplacement {
  readonly #environment: Pick<WorkerEnvironment, "backups" | "vfs">;
  readonly #access: DatabaseAccess;
  readonly #request: ReplacementRequest;

  constructor(
    environment: Pick<WorkerEnvironment, "backups" | "vfs">,
    access: DatabaseAccess,
    request: ReplacementRequest,
  ) {
    this.#environment = environment;
    this.#access = access;
    this.#request = request;
  }

  /** Replaces it; `damage` is why SQLite cannot read it, `null` where it can. */
  async run(damage: Failed | null): Promise<Replaced> {
    // Native SQLite would merge a log into the file and remove it before it finds that out.
    if (damage !== null && isNoDatabase(damage)) return await this.#replaceFile(damage.message);
    const replaced = await this.#replaceContents(damage === null ? null : damage.message);
    if (replaced.ok || !isUnreadable(replaced)) return replaced;
    // What could be counted cannot be copied, or there is no whole header.
    return damage === null || isNoDatabase(replaced) ? await this.run(replaced) : replaced;
  }

  /** Makes a database where a log or a journal lies without one, which SQLite would remove. */
  async runBesideOrphan(problem: string): Promise<Replaced> {
    const kept = await this.#keepBytes(problem, null);
    const replaced = await this.#replaceContents(null);
    return replaced.ok ? { ok: true, value: kept.value.name } : replaced;
  }

  /**
   * Returns the name of the backup that holds what was there. A damaged database is locked as any
   * other, but its bytes are kept as they are, because its pages cannot be copied.
   */
  async #replaceContents(damage: string | null): Promise<Replaced> {
    const { source, label, location: { backups: place }, deadline, gate } = this.#request;
    const outcome = await this.#access.change(
      async (target, { path }, isNew): Promise<Replaced> => {
        const refusal = whyNotInPlaceOf(target, source);
        if (refusal !== null) return { ok: false, code: "restore-failed", message: refusal };
        // Nothing is written to the database between this copy and the end: its lock is held.
        const bytes = this.#environment.vfs.bytesOf(path);
        const kept = isNew
          ? null
          : damage !== null
          ? await this.#keepBytes(damage, bytes)
          : await backUp(target, label, { place, deadline });
        if (kept !== null && !kept.ok) {
          return {
            ...kept,
            message: `Cannot keep what would be replaced: ${kept.message}`,
          };
        }
        const keptName = kept?.value.name ?? null;
        await this.#commit(
          keptName,
          () =>
            target.replaceBy(source, {
              isOver: () => overdue(deadline) !== null,
              mayCommit: () => gate.begin(),
            }),
        );
        return { ok: true, value: keptName };
      },
      damage === null ? "create" : "replace",
    );
    const replaced = outcome.ok ? outcome.value : outcome;
    if (replaced.ok && replaced.value !== null) await this.#removeExpired(replaced.value);
    return replaced;
  }

  // No lock can be taken on a file that is no database, and no program can have a transaction in it.
  // Only an exclusive lock of another program would have been noticed: native SQLite takes its locks
  // before it reads the header.
  async #replaceFile(damage: string): Promise<Replaced> {
    const { location: { path }, deadline, gate } = this.#request;
    const kept = await this.#keepBytes(damage, null);
    await this.#commit(kept.value.name, async () => {
      if (overdue(deadline) !== null || !gate.begin()) throw interrupted();
      await this.#request.putInPlace(path);
    });
    await this.#removeExpired(kept.value.name);
    return { ok: true, value: kept.value.name };
  }

  /** Runs `action`, which commits; removes the copy `kept` where it was interrupted before that. */
  async #commit(kept: string | null, action: () => void | Promise<void>): Promise<void> {
    let committed = 0;
    try {
      await action();
      committed = 1;
    } catch (error) {
      if (isInterrupt(error) && kept !== null) await this.#request.location.backups.remove(kept);
      throw error;
    } finally {
      this.#request.gate.end(committed);
    }
  }

  async #keepBytes(
    problem: string,
    bytes: DatabaseBytes | null,
  ): Promise<Extract<BackupOutcome, { ok: true }>> {
    const { label, location: { path: database, backups: place } } = this.#request;
    const begun = beginBackup(place, label.plugin, null, label.at);
    try {
      await place.keepBytes(database, begun.path, bytes);
      const completed = await completeBackup(place, begun, label, { version: null, problem });
      return { ok: true, value: { ...completed, spaceChecked: false } };
    } catch (error) {
      place.discard(begun.name);
      throw error;
    }
  }

  #removeExpired(kept: string): Promise<void> {
    const { inUse, label: { plugin }, location: { backups } } = this.#request;
    return removeExpired(
      backups,
      plugin,
      this.#environment.backups.retention,
      new Set([...inUse, kept]),
    );
  }
}

/**
 * Why the contents of `source` cannot take the place of those of `target`, whose journal mode is
 * `mode`; `null` where they can: https://sqlite.org/pragma.html#pragma_page_size
 */
export function whyNotInPlaceOf(
  target: Connection,
  source: Connection,
  mode: SqlValue = target.value("PRAGMA journal_mode"),
): string | null {
  const [present, wanted] = [target, source].map((each) => each.integer("PRAGMA page_size"));
  if (present === wanted || mode !== "wal") return null;
  return `Cannot restore the backup, and nothing was changed: its page size is ${wanted} bytes, ` +
    `that of the database is ${present}, and in WAL mode it cannot change; end the programs that ` +
    `have the database open, run PRAGMA journal_mode=DELETE in the sqlite3 shell, and try again`;
}

function isNoDatabase({ sqliteCode }: Failed): boolean {
  return sqliteCode === "SQLITE_NOTADB";
}

/** Whether SQLite found that a file is no database, or that it is damaged. */
export function isUnreadable({ sqliteCode = "" }: Failed): boolean {
  return isDamage({ code: sqliteCode });
}
