// SQLite on the browser's own files: its VFS `opfs-sahpool`, one directory for each plugin. Runs in
// dedicated workers of browsers.

import type { HostEnvironment } from "../worker/database_host.ts";
import type { BackupPlace } from "../execute/backup.ts";
import type { OpfsPool, Sqlite3 } from "../sqlite/sqlite3.ts";
import type { Vfs } from "../vfs/install_vfs.ts";
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

/** Opens a plugin's directory. Throws `StorageError` where it cannot be had. */
export async function opfsEnvironment(
  sqlite3: Sqlite3,
  directory: string,
): Promise<HostEnvironment & SandboxFiles> {
  const pool = await openPool(sqlite3, directory);
  let freeBytes: number | null = null;
  return {
    sqlite3,
    vfs: poolVfs(sqlite3, pool),
    journal: SANDBOX_JOURNAL,
    // The pool cannot tell sizes without reading; there is a database or there is none.
    storage: { sizeOf: (path) => pool.getFileNames().includes(path) ? 1 : null },
    async place(plugin) {
      // SQLite asks for files while it runs, when nothing can be waited for, so there must be some.
      await pool.reserveMinimumCapacity(pool.getFileCount() + SPARE_FILES);
      freeBytes = await freeSpace();
      return {
        path: `/${plugin}.sqlite3`,
        backups: poolBackups(pool, plugin, () => freeBytes),
      };
    },
    names: () => pool.getFileNames(),
    read: (path) => pool.exportFile(path),
    delete: (path) => pool.unlink(path),
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
        verbosity: 0,
      });
    } catch (error) {
      if (!isTaken(error)) throw new StorageError("EIO", "open", directory, textOf(error));
      if (performance.now() + delayMs - startedMs > PATIENCE_MS) {
        throw new StorageError("EBUSY", "open", directory, "held by another tab or program");
      }
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}

// What the browser says of a file that has an access handle already:
// https://developer.mozilla.org/docs/Web/API/FileSystemFileHandle/createSyncAccessHandle
function isTaken(error: unknown): boolean {
  return error instanceof DOMException && error.name === "NoModificationAllowedError";
}

function poolVfs(sqlite3: Sqlite3, pool: OpfsPool): Vfs {
  return { name: pool.vfsName, takeError: () => takeVfsError(sqlite3, pool.vfsName) };
}

const MESSAGE_BYTES = 512;

// The pool keeps what the browser threw, for xGetLastError alone, which forgets it when asked.
function takeVfsError(sqlite3: Sqlite3, vfsName: string): StorageError | null {
  const { capi, wasm } = sqlite3;
  const vfs = new capi.sqlite3_vfs(capi.sqlite3_vfs_find(vfsName));
  const buffer = wasm.alloc(MESSAGE_BYTES);
  try {
    wasm.heap8u()[buffer] = 0;
    const getLastError = wasm.functionEntry(vfs.$xGetLastError);
    if (getLastError?.(vfs.pointer, MESSAGE_BYTES, buffer) === capi.SQLITE_OK) return null;
    const message = wasm.cstrToJs(buffer) ?? "";
    return message === "" ? null : new StorageError("EIO", "use", "the browser's storage", message);
  } finally {
    wasm.dealloc(buffer);
    vfs.dispose();
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

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
