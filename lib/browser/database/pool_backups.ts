// Keeps backups in SQLite's pool of files in OPFS, and their records beside it. Runs in dedicated
// workers of browsers.

import type { BackupPlace, FileFacts, StoredBackup } from "../../backup/backup_place.ts";
import { BACKUP_EXTENSION, parseRecord, recordText } from "../../backup/backup_record.ts";
import { sha256Hex } from "../../migration/sha256_hex.ts";
import type { OpfsPool } from "../../sqlite/sqlite3.ts";
import { StorageError } from "../../vfs/storage.ts";
import type { PlainFiles } from "./plain_files.ts";
import { DATABASE_HEADER_BYTES } from "../../vfs/database_header.ts";

/** What keeping the backups of a plugin needs. */
export interface PoolBackupPorts {
  readonly pool: OpfsPool;
  readonly plugin: string;
  /**
   * The records, and the bytes of databases that SQLite could not open: the pool takes no other
   * files than databases.
   */
  readonly files: PlainFiles;
  freeBytes(): number | null;
  /** Runs one call of the browser; a failure of it becomes a `StorageError`. */
  attempt<T>(operation: string, path: string, action: () => T | Promise<T>): Promise<T>;
}

/**
 * Keeps the backups of one plugin. The pool renames no file, so a backup that is being written
 * already has its name. It does not count while a journal is beside it, which a tab that was closed
 * leaves too, or while this worker has not completed it.
 */
export function poolBackups(
  { pool, plugin, files, freeBytes, attempt }: PoolBackupPorts,
): BackupPlace {
  const folder = `/backups/${plugin}/`;
  const begun = new Set<string>();
  const pathOf = (name: string): string => `${folder}${name}`;
  const isInPool = (path: string): boolean => pool.getFileNames().includes(path);

  async function read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    if (isInPool(path)) return pool.exportFile(path);
    const bytes = await files.read(path.slice(folder.length));
    if (bytes === null) throw new StorageError("ENOENT", "read", path);
    return bytes;
  }

  async function describe(name: string): Promise<StoredBackup> {
    const text = await files.read(`${name}.json`);
    const record = text === null ? null : parseRecord(new TextDecoder().decode(text));
    const sizeBytes = record?.size_bytes ?? (await read(pathOf(name))).length;
    const recordState = text === null ? "missing" : record === null ? "unreadable" : "read";
    return { name, sizeBytes, record, recordState, writtenAt: new Date(0).toISOString() };
  }

  return {
    pathOf,
    freeBytes,
    discard(name) {
      begun.delete(name);
      pool.unlink(pathOf(name));
      pool.unlink(`${pathOf(name)}-journal`);
    },
    list() {
      return attempt("list", folder, async () => {
        const paths = pool.getFileNames();
        const databases = paths
          .filter((path) => path.startsWith(folder) && path.endsWith(BACKUP_EXTENSION))
          .filter((path) => !paths.includes(`${path}-journal`))
          .map((path) => path.slice(folder.length))
          .filter((name) => !begun.has(name));
        const others = (await files.names()).filter((name) => name.endsWith(BACKUP_EXTENSION));
        return await Promise.all([...databases, ...others].map(describe));
      });
    },
    begin(name) {
      if (isInPool(pathOf(name))) return null;
      begun.add(name);
      return pathOf(name);
    },
    async complete(name, record) {
      const text = new TextEncoder().encode(recordText(record));
      await attempt("write", name, () => files.write(`${name}.json`, text));
      begun.delete(name);
    },
    remove(name) {
      return attempt("delete", name, async () => {
        pool.unlink(pathOf(name));
        await files.delete(name);
        await files.delete(`${name}.json`);
      });
    },
    facts(path) {
      return attempt("read", path, async (): Promise<FileFacts> => {
        const bytes = await read(path);
        const header = bytes.subarray(0, DATABASE_HEADER_BYTES);
        return { sizeBytes: bytes.length, sha256: await sha256Hex(bytes), header };
      });
    },
    keepBytes(from, to) {
      return attempt(
        "copy",
        from,
        () => files.write(to.slice(folder.length), pool.exportFile(from)),
      );
    },
    putInPlace(name, to) {
      return attempt("copy", to, async () => {
        const bytes = await read(pathOf(name));
        pool.unlink(`${to}-journal`);
        pool.importDb(to, bytes);
      });
    },
    // No other program removes a database and leaves its journal.
    hasOrphan: () => false,
  };
}
