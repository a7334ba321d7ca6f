// The files that SQLite has open through a VFS: databases, and what lies beside them. Runs
// anywhere.

import type { Pointer, Sqlite3 } from "../sqlite/sqlite3.ts";
import {
  type Access,
  openBeside,
  type OpenDatabase,
  openDatabase,
  type OpenFile,
  type OpeningContext,
  openTemporary,
  remember,
} from "./open_file.ts";
import type { FileView } from "./reading_view.ts";
import { type Storage, StorageError } from "./storage.ts";
import { type HeapWalIndex, privateWalIndex, sharedWalIndex } from "./wal_index.ts";

/** Every open file of a VFS. */
export class OpenFiles {
  readonly #sqlite3: Sqlite3;
  readonly #storage: Storage;
  readonly #context: OpeningContext;
  readonly #files = new Map<Pointer, OpenFile>();
  readonly #databases = new Map<string, OpenDatabase>();

  constructor(sqlite3: Sqlite3, storage: Storage) {
    this.#sqlite3 = sqlite3;
    this.#storage = storage;
    this.#context = { capi: sqlite3.capi, storage };
  }

  at(pointer: Pointer): OpenFile {
    const open = this.#files.get(pointer);
    if (open === undefined) throw new StorageError("EBADF", "use", "a closed file");
    return open;
  }

  /**
   * The files as a connection sees them that deletes or looks for `path`. The super-journal of a
   * transaction over several databases has a name of its own; to a connection that reads it must
   * stay, because it says whether those databases have to be rolled back.
   */
  viewOf(path: string): Pick<FileView, "delete" | "sizeOf"> {
    const reader = [...this.#databases.values()].find(({ access }) => access === "read");
    return (this.databaseOf(path) ?? reader)?.view ?? this.#storage;
  }

  /** The database at `path`, or the one that the log or journal `path` belongs to. */
  databaseOf(path: string): OpenDatabase | undefined {
    return this.#databases.get(path) ?? this.#databases.get(path.replace(/-(wal|journal)$/, ""));
  }

  logOf(database: OpenDatabase): OpenFile | undefined {
    const path = `${database.path}-wal`;
    return [...this.#files.values()].find((open) => open.path === path);
  }

  /** The directory of an open file was flushed, which also names what lies beside it. */
  nameIsDurable(flushed: OpenFile): void {
    flushed.isNameDurable = true;
    for (const open of this.#files.values()) {
      if (open.database !== null && open.database === flushed.database) open.isNameDurable = true;
    }
  }

  /** Opens a file for SQLite, and returns the flags that it was opened with. */
  open(pointer: Pointer, path: string | null, access: Access, flags: number): number {
    const { capi } = this.#context;
    if (path !== null && (flags & capi.SQLITE_OPEN_MAIN_DB) !== 0) {
      return this.#openDatabase(pointer, path, access, flags);
    }
    const [near] = this.#databases.keys();
    const file = path === null
      ? openTemporary(this.#storage, near)
      : openBeside(this.#context, this.databaseOf(path) ?? null, path, flags);
    this.#files.set(pointer, file);
    return flags;
  }

  close(pointer: Pointer): void {
    const open = this.at(pointer);
    this.#files.delete(pointer);
    const { database, file } = open;
    if (!open.isDatabase || database === null) return file.close();
    if (this.#databases.get(database.path) === database) this.#databases.delete(database.path);
    try {
      // Ends the lock, then closes the descriptor.
      file.close();
    } finally {
      this.#afterUnlock(database);
    }
  }

  /**
   * Takes the database's lock; `null` where it is held already or was taken, otherwise the refusal.
   */
  lock(database: OpenDatabase): string | null {
    if (database.lock !== null || database.access === "new") return null;
    const lock = database.file.lock(database.access);
    if (lock.kind === "held") return lock.reason;
    database.lock = lock;
    if (database.access === "write" && lock.walIndex !== null) {
      remember(this.#storage, database, `${database.path}-wal`);
      remember(this.#storage, database, `${database.path}-shm`);
    }
    return null;
  }

  unlock(database: OpenDatabase): void {
    database.lock?.release();
    this.#afterUnlock(database);
  }

  /** The wal-index of a locked database; `null` where it is not locked. */
  indexOf(database: OpenDatabase): HeapWalIndex | null {
    if (database.lock === null && database.access !== "new") return null;
    const shared = database.lock?.walIndex ?? null;
    return database.index ??= database.access === "write" && shared !== null
      ? sharedWalIndex(this.#sqlite3, shared)
      : privateWalIndex(this.#sqlite3, shared);
  }

  /** Throws `EREPLACED` if the path of the database names another file. */
  checkIdentity(database: OpenDatabase): void {
    if (this.#isSameFile(database)) return;
    throw new StorageError(
      "EREPLACED",
      "write",
      database.path,
      "nothing of this transaction is in the new file; what belongs to the old one is set aside " +
        "beside it. Look at the new file and start again",
    );
  }

  #openDatabase(pointer: Pointer, path: string, access: Access, flags: number): number {
    const other = this.#databases.get(path);
    if (other !== undefined && (other.access === "read" || access === "read")) {
      throw new StorageError("EBUSY", "open", path, "it is open here with other access");
    }
    const opened = openDatabase(this.#context, path, access, flags);
    this.#databases.set(path, opened.database);
    this.#files.set(pointer, opened.file);
    return opened.flags;
  }

  #isSameFile({ path, identity, access }: OpenDatabase): boolean {
    return access !== "write" || identity === null ||
      this.#storage.stateOf(path)?.identity === identity;
  }

  #afterUnlock(database: OpenDatabase): void {
    database.lock = null;
    database.index?.free();
    database.index = null;
    if (!this.#isSameFile(database)) this.#setAside(database);
    database.beside.clear();
  }

  // The next program to open the new file would replay the old one's log into it.
  #setAside({ beside }: OpenDatabase): void {
    const stamp = new Date().toISOString().replaceAll(/[^0-9TZ]/g, "");
    for (const [path, identity] of beside) {
      if (this.#storage.stateOf(path)?.identity !== identity) continue;
      this.#storage.rename(path, `${path}-of-replaced-database-${stamp}`);
    }
  }
}
