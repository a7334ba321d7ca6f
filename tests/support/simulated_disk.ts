// A disk whose power can be cut: it notes every change, and says what may be left of them. For
// tests.

import { type Files, memoryStorage } from "../../lib/vfs/memory_storage.ts";
import type { Storage, StorageFile } from "../../lib/vfs/storage.ts";

/** A change to the disk. A file is known by a number, since names come and go. */
export type DiskOperation =
  | {
    readonly kind: "write";
    readonly file: number;
    readonly at: number;
    readonly bytes: Uint8Array;
  }
  | { readonly kind: "truncate"; readonly file: number; readonly sizeBytes: number }
  | { readonly kind: "flush"; readonly file: number }
  | { readonly kind: "create" | "delete"; readonly path: string; readonly file: number }
  | { readonly kind: "flush-directory"; readonly directory: string };

/** A disk and the changes made to it, in order. */
export interface SimulatedDisk {
  readonly storage: Storage;
  /** Every change so far; grows while the storage is used. */
  readonly operations: readonly DiskOperation[];
  /** A copy of every file as programs see it now, flushed or not. */
  files(): Files;
}

/** Makes a disk that holds `files`, durable and numbered from 0 in the order of the map. */
export function simulatedDisk(files: Files = new Map()): SimulatedDisk {
  const memory = memoryStorage(files);
  const operations: DiskOperation[] = [];
  const numbers = new Map([...files.keys()].map((path, index) => [path, index]));
  let nextNumber = files.size;

  const numberOf = (path: string): number => {
    const known = numbers.get(path);
    if (known !== undefined) return known;
    const file = nextNumber++;
    numbers.set(path, file);
    operations.push({ kind: "create", path, file });
    return file;
  };

  const storage: Storage = {
    ...memory,
    open(path, mode) {
      const opened = memory.open(path, mode);
      return note(opened, numberOf(path));
    },
    openDatabase(path, mode) {
      const opened = memory.openDatabase(path, mode);
      return note(opened, numberOf(path));
    },
    create(path) {
      memory.create(path, "delete");
      numberOf(path);
    },
    delete(path) {
      memory.delete(path);
      operations.push({ kind: "delete", path, file: numberOf(path) });
      numbers.delete(path);
    },
    rename(from, to) {
      memory.rename(from, to);
      const file = numberOf(from);
      operations.push({ kind: "delete", path: from, file }, { kind: "create", path: to, file });
      numbers.delete(from);
      numbers.set(to, file);
    },
    flushDirectory(path) {
      operations.push({ kind: "flush-directory", directory: directoryOf(path) });
    },
  };

  function note<File extends StorageFile>(opened: File, file: number): File {
    return {
      ...opened,
      write(buffer, at) {
        opened.write(buffer, at);
        operations.push({ kind: "write", file, at, bytes: buffer.slice() });
      },
      truncate(sizeBytes) {
        opened.truncate(sizeBytes);
        operations.push({ kind: "truncate", file, sizeBytes });
      },
      flush() {
        opened.flush();
        operations.push({ kind: "flush", file });
      },
    };
  }

  return { storage, operations, files: () => memory.files() };
}

/** The directory that a file's name is in. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 1));
}
