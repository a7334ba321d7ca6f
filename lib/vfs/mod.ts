/**
 * Durable SQLite WASM on a file system: a VFS over a small storage interface.
 *
 * ```ts
 * import init from "@sqlite.org/sqlite-wasm";
 * import { installVfs, nodeStorage } from "@godwit/godwit/vfs";
 *
 * const sqlite3 = await init();
 * const vfs = installVfs(sqlite3, nodeStorage(), "durable");
 *
 * const filename = `${await Deno.makeTempDir()}/notes.sqlite3`;
 * const database = new sqlite3.oo1.DB({ filename, flags: "c", vfs: vfs.name });
 * database.exec("PRAGMA journal_mode=WAL");
 * database.exec("CREATE TABLE notes (body TEXT); INSERT INTO notes VALUES ('Water the plants')");
 * console.log(database.selectValue("SELECT body FROM notes")); // Water the plants
 * database.close();
 * ```
 *
 * `memoryStorage()` keeps the files in memory, for tests and previews:
 *
 * ```ts
 * import init from "@sqlite.org/sqlite-wasm";
 * import { type Files, installVfs, memoryStorage } from "@godwit/godwit/vfs";
 *
 * const sqlite3 = await init();
 * const storage = memoryStorage();
 * installVfs(sqlite3, storage, "memory");
 * const database = new sqlite3.oo1.DB({ filename: "/notes.sqlite3", flags: "c", vfs: "memory" });
 * database.exec("CREATE TABLE notes (body TEXT)");
 * database.close();
 * const files: Files = storage.files();
 * console.log(files.get("/notes.sqlite3")?.length); // 8192
 * ```
 *
 * A storage may be used by itself, and another one be written to the same interface:
 *
 * ```ts
 * import {
 *   type DatabaseFile,
 *   type FileState,
 *   nodeStorage,
 *   type OpenMode,
 *   type Storage,
 *   StorageError,
 *   type StorageFile,
 * } from "@godwit/godwit/vfs";
 *
 * const storage: Storage = nodeStorage();
 * const path = `${await Deno.makeTempDir()}/bytes`;
 * const mode: OpenMode = { access: "read-write", existence: "create" };
 * const file: StorageFile = storage.open(path, mode);
 * file.write(new Uint8Array([1, 2, 3]), 0);
 * file.flush();
 * file.close();
 *
 * const state: FileState | null = storage.stateOf(path);
 * console.log(storage.sizeOf(path), state !== null); // 3 true
 *
 * // A database is created, and locked, so that native programs respect it.
 * storage.create(`${path}.sqlite3`, "wal");
 * const database: DatabaseFile = storage.openDatabase(`${path}.sqlite3`, mode);
 * const lock = database.lock("write");
 * if (lock.kind === "acquired") lock.release();
 * database.close();
 *
 * try {
 *   storage.open(`${path}-missing`, { access: "read", existence: "must-exist" });
 * } catch (error) {
 *   if (error instanceof StorageError) console.log(error.code); // ENOENT
 * }
 * ```
 *
 * @module
 */

export { installVfs, type SqliteInstance, type Vfs } from "./install_vfs.ts";
export { type Files, type MemoryStorage, memoryStorage } from "./memory_storage.ts";
export { nodeStorage } from "./node_storage.ts";
export {
  type DatabaseFile,
  type DatabaseLock,
  type FileState,
  type LockAccess,
  type LockRefusal,
  type OpenMode,
  type Storage,
  StorageError,
  type StorageFile,
  type WalIndexFile,
} from "./storage.ts";
export type { LockOptions } from "./node_database.ts";
