// SQLite in OPFS, with its VFS `opfs-sahpool` and one directory for each plugin. Runs in dedicated
// workers of browsers.

import { DEFAULT_BACKUP_RULES } from "../../backup/backup_rules.ts";
import { KeptRehearsals } from "../../database/kept_rehearsals.ts";
import type { HostEnvironment } from "../../database/database_host.ts";
import { sleep } from "../../deadline.ts";
import type { OpfsPool, Sqlite3 } from "../../sqlite/sqlite3.ts";
import { StorageError } from "../../vfs/storage.ts";
import { plainFiles } from "./plain_files.ts";
import { poolBackups } from "./pool_backups.ts";
import { SANDBOX_JOURNAL } from "./sandbox_journal.ts";
import type { SandboxFiles } from "./sandbox_files.ts";

// The database, its journal, a backup and its journal, and temporary files of SQLite.
const SPARE_FILES = 6;
// The files of a closed tab are released soon after its lock. Chromium waits up to two seconds for
// a terminated worker that runs SQL.
const FIRST_DELAY_MS = 10;
const LONGEST_DELAY_MS = 100;
const OPEN_TIMEOUT_MS = 5_000;

/**
 * Records the errors of the browser; pass `note` to `loadSqlite()`. The pool drops its error at the
 * next call of SQLite, which follows to roll back.
 */
export class OpfsFailures {
  #first: StorageError | null = null;

  /** Records an error, unless one is recorded already. */
  readonly note = (_: unknown, error: unknown): void => {
    this.#first ??= storageError("use", "the browser's storage", error);
  };

  /** Takes the first error since the last call; `null` if there is none. */
  take(): StorageError | null {
    const taken = this.#first;
    this.#first = null;
    return taken;
  }
}

/** Opens a plugin's directory. Throws `StorageError` if it cannot. */
export async function opfsEnvironment(
  sqlite3: Sqlite3,
  directory: string,
  failures: OpfsFailures,
): Promise<HostEnvironment & SandboxFiles> {
  const pool = await openPool(sqlite3, directory);
  let freeBytes: number | null = null;
  return {
    sqlite3,
    vfs: { name: pool.vfsName, takeError: () => failures.take(), verify() {}, bytesOf: () => null },
    journal: SANDBOX_JOURNAL,
    rehearsals: new KeptRehearsals(),
    backups: DEFAULT_BACKUP_RULES,
    // The pool has no sizes without reading, so report only whether the database exists.
    storage: {
      sizeOf: (path) => pool.getFileNames().includes(path) ? 1 : null,
      // SQLite makes the file when it opens it.
      create() {},
    },
    async locate({ plugin }) {
      failures.take();
      // SQLite opens files synchronously, and the pool adds files asynchronously, so reserve them
      // here.
      await reserveFiles(pool, directory);
      freeBytes = await freeSpace();
      return {
        path: `/${plugin}.sqlite3`,
        backups: poolBackups({
          pool,
          plugin,
          files: plainFiles(`${directory}/kept`),
          freeBytes: () => freeBytes,
          attempt: attemptLater,
        }),
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
        // Without this, the pool would delete a directory that is in use, with its databases.
        preserveOnInitFailure: true,
        forceReinitIfPreviouslyFailed: true,
        // Log errors only.
        verbosity: 1,
      });
    } catch (error) {
      if (!isTaken(error)) throw storageError("open", directory, error);
      if (performance.now() + delayMs - startedMs > OPEN_TIMEOUT_MS) {
        throw new StorageError("EBUSY", "open", directory, "held by another tab or program");
      }
      await sleep(delayMs);
    }
  }
}

// The browser's error for a file that has an access handle already:
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

async function attemptLater<T>(
  operation: string,
  path: string,
  action: () => T | Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof StorageError ? error : storageError(operation, path, error);
  }
}

// An estimate, which browsers blur on purpose. Writing too much fails anyway.
async function freeSpace(): Promise<number | null> {
  const { quota, usage } = await navigator.storage.estimate();
  return quota === undefined || usage === undefined ? null : Math.max(quota - usage, 0);
}

// The errors of the browser: https://fs.spec.whatwg.org/#api-filesystemsyncaccesshandle-write
function storageError(operation: string, path: string, error: unknown): StorageError {
  if (error instanceof DOMException && error.name === "QuotaExceededError") {
    const advice = "it is full; delete backups or databases that are stored here, " +
      "or make room on the disk";
    return new StorageError("EDQUOT", operation, path, advice);
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new StorageError("EIO", operation, path, text);
}
