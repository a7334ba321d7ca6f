// SQLite on the browser's own files: its VFS `opfs-sahpool`, one directory for each plugin. Runs in
// dedicated workers of browsers.

import type { HostEnvironment } from "../worker/database_host.ts";
import type { BackupPlace } from "../execute/backup.ts";
import { sleep } from "../sleep.ts";
import type { OpfsPool, Sqlite3 } from "../sqlite/sqlite3.ts";
import { StorageError } from "../vfs/storage.ts";
import { SANDBOX_JOURNAL } from "./sandbox_journal.ts";
import type { SandboxFiles } from "./sandbox_files.ts";

// The database, its journal, a backup and its journal, and what SQLite sorts.
const SPARE_FILES = 6;
// A tab that died gives its files back soon after its lock; a worker that is ended amid SQL is given two
// seconds by Chromium to come to an end by itself.
const FIRST_DELAY_MS = 10;
const LONGEST_DELAY_MS = 100;
const PATIENCE_MS = 5_000;

/**
 * Remembers what the browser threw; give `note` to `loadSqlite()`. The pool forgets it as soon as SQLite
 * goes on, which SQLite does to roll back.
 */
export class OpfsFailures {
  #first: StorageError | null = null;

  /** Keeps the first failure that was not taken. */
  readonly note = (_: unknown, error: unknown): void => {
    this.#first ??= storageError("use", "the browser's storage", error);
  };

  /** What failed first since the last time; `null` for nothing. */
  take(): StorageError | null {
    const taken = this.#first;
    this.#first = null;
    return taken;
  }
}

/** Opens a plugin's directory. Throws `StorageError` where it cannot be had. */
export async function opfsEnvironment(
  sqlite3: Sqlite3,
  directory: string,
  failures: OpfsFailures,
): Promise<HostEnvironment & SandboxFiles> {
  const pool = await openPool(sqlite3, directory);
  let freeBytes: number | null = null;
  return {
    sqlite3,
    vfs: { name: pool.vfsName, takeError: () => failures.take(), verify() {} },
    journal: SANDBOX_JOURNAL,
    // The pool cannot tell sizes without reading; there is a database or there is none.
    storage: {
      sizeOf: (path) => pool.getFileNames().includes(path) ? 1 : null,
      // SQLite makes the file when it opens it.
      create() {},
    },
    async place(plugin) {
      failures.take();
      // SQLite asks for files while it runs, when nothing can be waited for, so there must be some.
      await reserveFiles(pool, directory);
      freeBytes = await freeSpace();
      return {
        path: `/${plugin}.sqlite3`,
        backups: poolBackups(pool, plugin, () => freeBytes),
      };
    },
    names: () => pool.getFileNames(),
    read: (path) => attempt("read", path, () => pool.exportFile(path)),
    delete: (path) => attempt("delete", path, () => pool.unlink(path)),
  };
}

async function openPool(sqlite3: Sqlite3, directory: string): Promise<OpfsPool> {
  const install = sqlite3.installOpfsSAHPoolVfs;
  if (install === undefined) throw new Error("This build of SQLite has no opfs-sahpool");
  const startedMs = performance.now();
  for (let delayMs = FIRST_DELAY_MS;; delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS)) {
    try {
      return await install({
        name: "godwit",
        directory,
        initialCapacity: SPARE_FILES,
        // Without this, a directory that is in use would be deleted, databases and all.
        preserveOnInitFailure: true,
        forceReinitIfPreviouslyFailed: true,
        // Errors alone.
        verbosity: 1,
      });
    } catch (error) {
      if (!isTaken(error)) throw storageError("open", directory, error);
      if (performance.now() + delayMs - startedMs > PATIENCE_MS) {
        throw new StorageError("EBUSY", "open", directory, "held by another tab or program");
      }
      await sleep(delayMs);
    }
  }
}

// What the browser says of a file that has an access handle already:
// https://developer.mozilla.org/docs/Web/API/FileSystemFileHandle/createSyncAccessHandle
function isTaken(error: unknown): boolean {
  return error instanceof DOMException && error.name === "NoModificationAllowedError";
}

async function reserveFiles(pool: OpfsPool, directory: string): Promise<void> {
  try {
    await pool.reserveMinimumCapacity(pool.getFileCount() + SPARE_FILES);
  } catch (error) {
    throw storageError("make files in", directory, error);
  }
}

function attempt<T>(operation: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw storageError(operation, path, error);
  }
}

function poolBackups(
  pool: OpfsPool,
  plugin: string,
  freeBytes: () => number | null,
): BackupPlace {
  return {
    newFile: (name) => `/backups/${plugin}/${name}`,
    freeBytes,
    discard(path) {
      pool.unlink(path);
      pool.unlink(`${path}-journal`);
    },
  };
}

// An estimate, which the browser blurs on purpose; what is truly too much fails when it is written.
async function freeSpace(): Promise<number | null> {
  const { quota, usage } = await navigator.storage.estimate();
  return quota === undefined || usage === undefined ? null : Math.max(quota - usage, 0);
}

// What the browser throws: https://fs.spec.whatwg.org/#api-filesystemsyncaccesshandle-write
function storageError(operation: string, path: string, error: unknown): StorageError {
  if (error instanceof DOMException && error.name === "QuotaExceededError") {
    const advice = "it is full; delete backups or databases that are kept here, " +
      "or make room on the disk";
    return new StorageError("EDQUOT", operation, path, advice);
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new StorageError("EIO", operation, path, text);
}
