// Storage in memory. Runs anywhere.

import {
  type DatabaseFile,
  type DatabaseLock,
  type LockRefusal,
  type OpenMode,
  type Storage,
  StorageError,
  type StorageFile,
} from "./storage.ts";

/** File contents by absolute path. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** A storage in memory, with access to its files. */
export interface MemoryStorage extends Storage {
  /** A copy of every named file. */
  files(): Files;
}

/** A file's bytes. Names and handles point to it; deleting the name leaves the handles. */
interface Content {
  bytes: Uint8Array;
  sizeBytes: number;
  locked: boolean;
  readonly identity: string;
  version: number;
}

/** Makes a storage that holds copies of `files` to begin with. Every directory exists. */
export function memoryStorage(files: Files = new Map()): MemoryStorage {
  const contents = new Map<string, Content>();
  for (const [path, bytes] of files) {
    const content = newContent();
    content.bytes = bytes.slice();
    content.sizeBytes = bytes.length;
    contents.set(path, content);
  }

  function openContent(path: string, { existence }: OpenMode): Content {
    const existing = contents.get(path);
    if (existing === undefined && existence === "must-exist") {
      throw new StorageError("ENOENT", "open", path);
    }
    if (existing !== undefined && existence === "exclusive") {
      throw new StorageError("EEXIST", "open", path);
    }
    const content = existing ?? newContent();
    contents.set(path, content);
    return content;
  }

  const open = (path: string, mode: OpenMode): StorageFile =>
    memoryFile(openContent(path, mode), path, mode.access);

  return {
    resolve: resolvePath,
    open,
    openDatabase: (path, mode) => memoryDatabase(openContent(path, mode), path, mode.access),
    create: (path) => open(path, { access: "read-write", existence: "create" }).close(),
    openTemporary: () => memoryFile(newContent(), "a temporary file", "read-write"),
    delete(path) {
      if (!contents.delete(path)) throw new StorageError("ENOENT", "delete", path);
    },
    rename(from, to) {
      const content = contents.get(from);
      if (content === undefined) throw new StorageError("ENOENT", "rename", from);
      contents.delete(from);
      contents.set(to, content);
    },
    sizeOf: (path) => contents.get(path)?.sizeBytes ?? null,
    stateOf(path) {
      const content = contents.get(path);
      return content === undefined
        ? null
        : { identity: content.identity, version: String(content.version) };
    },
    isAccessible: (path) => contents.has(path),
    flushDirectory() {},
    files: () =>
      new Map(
        [...contents].map(([path, { bytes, sizeBytes }]) => [path, bytes.slice(0, sizeBytes)]),
      ),
  };
}

function newContent(): Content {
  return {
    bytes: new Uint8Array(0),
    sizeBytes: 0,
    locked: false,
    identity: crypto.randomUUID(),
    version: 0,
  };
}

function memoryFile(content: Content, path: string, access: OpenMode["access"]): StorageFile {
  let isOpen = true;
  const use = (operation: string, writes: boolean): void => {
    if (!isOpen || (writes && access === "read")) throw new StorageError("EBADF", operation, path);
  };
  return {
    read(buffer, at) {
      use("read", false);
      const part = content.bytes.subarray(
        Math.min(at, content.sizeBytes),
        Math.min(at + buffer.length, content.sizeBytes),
      );
      buffer.set(part);
      return part.length;
    },
    write(buffer, at) {
      use("write", true);
      resize(content, Math.max(content.sizeBytes, at + buffer.length));
      content.bytes.set(buffer, at);
    },
    truncate(sizeBytes) {
      use("truncate", true);
      resize(content, sizeBytes);
    },
    size() {
      use("stat", false);
      return content.sizeBytes;
    },
    flush() {
      use("sync", false);
    },
    close() {
      isOpen = false;
    },
  };
}

// No native program reaches memory, so one lock serves readers and writers.
function memoryDatabase(
  content: Content,
  path: string,
  access: OpenMode["access"],
): DatabaseFile {
  const file = memoryFile(content, path, access);
  let held: DatabaseLock | null = null;
  return {
    ...file,
    lock(): DatabaseLock | LockRefusal {
      if (content.locked) return { kind: "held", reason: "it is open here already" };
      content.locked = true;
      const lock: DatabaseLock = {
        kind: "acquired",
        walIndex: null,
        isJournalLive: false,
        verify() {},
        release() {
          if (held !== lock) return;
          held = null;
          content.locked = false;
        },
      };
      held = lock;
      return lock;
    },
    close() {
      held?.release();
      file.close();
    },
  };
}

// The capacity is doubled, so that a file that grows by pages is not copied for each of them.
function resize(content: Content, sizeBytes: number): void {
  content.version += 1;
  if (sizeBytes > content.bytes.length) {
    const grown = new Uint8Array(Math.max(sizeBytes, 2 * content.bytes.length));
    grown.set(content.bytes.subarray(0, content.sizeBytes));
    content.bytes = grown;
  } else if (sizeBytes < content.sizeBytes) {
    content.bytes.fill(0, sizeBytes, content.sizeBytes);
  }
  content.sizeBytes = sizeBytes;
}

// As a POSIX shell in "/" would take it.
function resolvePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
