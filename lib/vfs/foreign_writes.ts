// Notices programs that write to a database while it is locked here. Runs anywhere.

import { type FileState, type Storage, StorageError, type StorageFile } from "./storage.ts";

/** What a watched file is to its database. */
export type WatchedRole = "database" | "log" | "journal";

/** Watches the databases of a storage. Paths are as SQLite names them: a log ends in `-wal`. */
export interface ForeignWriteWatch {
  /** Wraps a file so that it refuses to write over another program's work. */
  watch(file: StorageFile, role: WatchedRole, path: string): StorageFile;
  /** A database was locked: from here on SQLite trusts what it reads. */
  locked(path: string): void;
  /** A database is given back. */
  unlocked(path: string): void;
  /** Throws where a log has to stay, because it may hold what another program committed. */
  checkDelete(path: string): void;
}

/** A locked database. */
interface Watched {
  /** What each file was like when we last knew all of it; absent while it has unflushed writes. */
  readonly known: Map<string, FileState | null>;
  changedPath: string | null;
  journalIsOpen: boolean;
}

const SUFFIXES: Readonly<Record<WatchedRole, string>> = {
  database: "",
  log: "-wal",
  journal: "-journal",
};

/**
 * Our lock is not seen by programs that lock with `fcntl`, native SQLite among them, and in exclusive
 * locking mode SQLite looks at the file's change counter no more. So at the first write after each
 * flush the files must be as that flush left them. Once they are not, every write fails with `ESTALE`
 * until the lock is given back: nothing of the other program is overwritten, and the next opening
 * reads it.
 *
 * A transaction with a rollback journal is checked when its journal is made, and not again: refusing
 * it later would leave a journal that undoes the other program's work.
 */
export function watchForeignWrites(storage: Storage): ForeignWriteWatch {
  const watched = new Map<string, Watched>();

  const databaseOf = (path: string, role: WatchedRole): Watched | undefined =>
    watched.get(path.slice(0, path.length - SUFFIXES[role].length));

  function check(database: Watched, operation: string, path: string): void {
    for (const [each, state] of database.known) {
      if (!isSame(state, storage.stateOf(each))) database.changedPath ??= each;
    }
    refuseChanged(database, operation, path);
  }

  function watchWrites(file: StorageFile, role: "database" | "log", path: string): StorageFile {
    if (role === "log") databaseOf(path, role)?.known.set(path, storage.stateOf(path));
    const beforeWrite = (operation: string): void => {
      const database = databaseOf(path, role);
      if (database === undefined) return;
      refuseChanged(database, operation, path);
      const isFirst = database.known.has(path);
      if (isFirst && !database.journalIsOpen) check(database, operation, path);
      database.known.delete(path);
    };
    return {
      ...file,
      write(buffer, at) {
        beforeWrite("write");
        file.write(buffer, at);
      },
      truncate(sizeBytes) {
        beforeWrite("truncate");
        file.truncate(sizeBytes);
      },
      flush() {
        file.flush();
        databaseOf(path, role)?.known.set(path, storage.stateOf(path));
      },
      close() {
        const database = role === "log" ? databaseOf(path, role) : undefined;
        // SQLite deletes the log after closing it, so this is the last look at it.
        if (database?.known.has(path) && !isSame(database.known.get(path), storage.stateOf(path))) {
          database.changedPath ??= path;
        }
        database?.known.delete(path);
        file.close();
      },
    };
  }

  function watchJournal(file: StorageFile, path: string): StorageFile {
    let isNew = file.size() === 0;
    const setOpen = (isOpen: boolean): void => {
      const database = databaseOf(path, "journal");
      if (database !== undefined) database.journalIsOpen = isOpen;
    };
    setOpen(true);
    return {
      ...file,
      write(buffer, at) {
        const database = databaseOf(path, "journal");
        if (isNew && database !== undefined) check(database, "write", path);
        isNew = false;
        file.write(buffer, at);
      },
      close() {
        setOpen(false);
        file.close();
      },
    };
  }

  return {
    watch: (file, role, path) =>
      role === "journal" ? watchJournal(file, path) : watchWrites(file, role, path),
    locked(path) {
      const known = new Map([[path, storage.stateOf(path)]]);
      watched.set(path, { known, changedPath: null, journalIsOpen: false });
    },
    unlocked: (path) => watched.delete(path),
    checkDelete(path) {
      const database = path.endsWith(SUFFIXES.log) ? databaseOf(path, "log") : undefined;
      if (database !== undefined) refuseChanged(database, "delete", path);
    },
  };
}

function refuseChanged({ changedPath }: Watched, operation: string, path: string): void {
  if (changedPath !== null) {
    throw new StorageError("ESTALE", operation, path, `${changedPath} changed`);
  }
}

function isSame(one: FileState | null | undefined, other: FileState | null): boolean {
  return one?.identity === other?.identity && one?.version === other?.version;
}
