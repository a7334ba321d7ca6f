/**
 * Durable SQLite WASM on a file system: a VFS over a small storage interface.
 *
 * @module
 */

export { installVfs, type Vfs } from "./install_vfs.ts";
export { nodeStorage } from "./node_storage.ts";
export {
  type OpenMode,
  type Storage,
  StorageError,
  type StorageFile,
  type StorageLock,
} from "./storage.ts";
