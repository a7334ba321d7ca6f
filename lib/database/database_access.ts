// Opens the database of a worker thread for each call, and closes it at its end. Every failure of
// SQLite or the storage becomes a value here.

import { clippedMessage } from "../clipped_text.ts";
import type { BackupPlace } from "../backup/backup_place.ts";
import type { BackupRules } from "../backup/backup_rules.ts";
import { Connection } from "../sqlite/connection.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { adviseOn, SqliteError } from "../sqlite/sqlite_error.ts";
import type { Vfs } from "../vfs/install_vfs.ts";
import { type Storage, StorageError } from "../vfs/storage.ts";
import type { KeptRehearsals } from "./kept_rehearsals.ts";
import type { DatabaseOutcome } from "./session.ts";
import { STATE, type ThreadState } from "./thread_state.ts";

/**
 * How a database keeps its journal while godwit writes to it. One that exists keeps the mode that
 * it has in its file: `wal`, or a rollback journal.
 */
export type Journal =
  /** `mode` is that of new databases. */
  | { readonly mode: "delete" | "wal" }
  /** A rollback journal that is truncated; `pageBytes` is the page size of new databases. */
  | { readonly mode: "truncate"; readonly pageBytes: number };

/** The environment of a worker. */
export interface WorkerEnvironment {
  readonly sqlite3: Sqlite3;
  readonly vfs: Vfs;
  readonly storage: Pick<Storage, "sizeOf" | "create">;
  readonly journal: Journal;
  readonly rehearsals: KeptRehearsals;
  /** When backups are made, and how long they are kept. */
  readonly backups: BackupRules;
}

/** Where a plugin's files are. */
export interface PluginLocation {
  readonly path: string;
  readonly backups: BackupPlace;
}

/** Which database is meant. */
export type TargetLocation =
  | { readonly kind: "plugin" } & DatabaseAddress & PluginLocation
  /** An empty one in memory, where nothing is ever committed. */
  | { readonly kind: "empty" };

// Another program may write while a database is read of which no lock can be taken.
const READ_ATTEMPTS = 3;

/**
 * Access to one database. It is open during a call only, so that other programs can use it between
 * calls.
 */
export class DatabaseAccess {
  readonly #environment: WorkerEnvironment;
  readonly #location: TargetLocation;
  readonly #state: ThreadState | null;

  constructor(
    environment: WorkerEnvironment,
    location: TargetLocation,
    state: ThreadState | null,
  ) {
    this.#environment = environment;
    this.#location = location;
    this.#state = state;
  }

  /**
   * Runs `action` on one state of the database, or on an empty one in memory where there is none
   * yet. Everything that it writes is undone.
   */
  read<T>(action: (connection: Connection) => T | Promise<T>): Promise<DatabaseOutcome<T>> {
    return this.attempt(async () => {
      for (let attempt = 1;; attempt++) {
        try {
          using _open = this.#markOpen();
          using connection = this.#openToRead();
          const value = await action(connection);
          connection.verify();
          return value;
        } catch (error) {
          if (attempt === READ_ATTEMPTS || !isStale(error)) throw error;
        }
      }
    });
  }

  /**
   * Runs `action` on the database, which is made where there is none; `isNew` says whether it was.
   * Other programs cannot write to it meanwhile. With `replace` a damaged one is locked too, and
   * looks empty.
   */
  change<T>(
    action: (connection: Connection, location: PluginLocation, isNew: boolean) => T | Promise<T>,
    access: "create" | "replace" = "create",
  ): Promise<DatabaseOutcome<T>> {
    return this.attempt(async () => {
      const location = this.#location;
      if (location.kind === "empty") throw new Error("Nothing is kept in an empty database");
      const isNew = !this.#exists(location);
      using _open = this.#markOpen();
      using connection = this.#openToWrite(location.path, isNew, access);
      const value = await action(connection, location, isNew);
      connection.verify();
      return value;
    });
  }

  /** Adds a rehearsed step to the state that other threads see. */
  countRehearsed(): void {
    if (this.#state !== null) Atomics.add(this.#state, STATE.rehearsed, 1);
  }

  #exists({ path }: PluginLocation): boolean {
    return this.#environment.storage.sizeOf(path) !== null;
  }

  #openToRead(): Connection {
    const { sqlite3, vfs } = this.#environment;
    const location = this.#location;
    return location.kind === "plugin" && this.#exists(location)
      ? new Connection(sqlite3, { kind: "file", vfs, path: location.path, access: "read" })
      : new Connection(sqlite3, { kind: "memory" });
  }

  #openToWrite(path: string, isNew: boolean, access: "create" | "replace"): Connection {
    const { sqlite3, storage, vfs, journal } = this.#environment;
    if (isNew && journal.mode !== "truncate") storage.create(path, journal.mode);
    const connection = new Connection(sqlite3, { kind: "file", vfs, path, access });
    try {
      connection.exec("PRAGMA synchronous=EXTRA");
      if (journal.mode === "truncate") {
        if (isNew) connection.exec(`PRAGMA page_size=${journal.pageBytes}`);
        connection.exec("PRAGMA journal_mode=truncate");
      } else if (isNew) {
        connection.exec(`PRAGMA journal_mode=${journal.mode}`);
      }
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  #markOpen(): Disposable {
    const state = this.#location.kind === "plugin" ? this.#state : null;
    if (state !== null) Atomics.store(state, STATE.isOpen, 1);
    return {
      [Symbol.dispose]: () => {
        if (state !== null) Atomics.store(state, STATE.isOpen, 0);
      },
    };
  }

  /** Runs `action`; a failure of SQLite or the storage becomes a value. */
  async attempt<T>(action: () => Promise<T>): Promise<DatabaseOutcome<T>> {
    try {
      return { ok: true, value: await action() };
    } catch (error) {
      if (error instanceof SqliteError) {
        const { code: sqliteCode } = error.failure;
        return { ok: false, code: "unavailable", message: this.#explain(error), sqliteCode };
      }
      if (error instanceof StorageError) {
        return { ok: false, code: "unavailable", message: error.message };
      }
      throw error;
    }
  }

  #explain({ failure }: SqliteError): string {
    const name = this.#location.kind === "plugin" ? this.#location.path : "the database in memory";
    return clippedMessage(`Cannot use ${name}: ${adviseOn(failure)}`);
  }
}

function isStale(error: unknown): boolean {
  const cause = error instanceof SqliteError ? error.cause : error;
  return cause instanceof StorageError && cause.code === "ESTALE";
}
