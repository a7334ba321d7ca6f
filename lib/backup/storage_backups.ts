// Keeps backups in a directory of a storage. Runs anywhere.

import { sha256Hex } from "../migration/sha256_hex.ts";
import { openIfThere, type OpenMode, type Storage, type StorageFile } from "../vfs/storage.ts";
import type { BackupPlace, DatabaseBytes, FileFacts, StoredBackup } from "./backup_place.ts";
import {
  BACKUP_EXTENSION,
  type BackupRecord,
  isBackupName,
  parseRecord,
  recordText,
} from "./backup_record.ts";
import { DATABASE_HEADER_BYTES } from "../vfs/database_header.ts";

/** Computes a SHA-256 of bytes that come in parts. */
export interface IncrementalHash {
  update(bytes: Uint8Array): void;
  /** 64 lower-case hex digits. */
  digest(): Promise<string>;
}

/** A directory, and what a `Storage` does not do with it. */
export interface BackupDirectory {
  readonly path: string;
  /** Creates it, with the directories above it. */
  create(): void;
  /** The names of the files in it, and of what is neither file nor directory. */
  names(): readonly string[];
  /** Whether there is a file that can be read to its end, other than a named pipe or a device. */
  isFile(path: string): boolean;
  /** When a file was written; ISO 8601, UTC. */
  writtenAt(path: string): string;
  /** Bytes free in it; `null` where that cannot be known. */
  freeBytes(): number | null;
  /** Keeps other users from reading a file that was just created. */
  makePrivate(path: string): void;
  hash(): IncrementalHash;
}

const TO_READ: OpenMode = { access: "read", existence: "must-exist" };
const NEW: OpenMode = { access: "read-write", existence: "exclusive" };

// An incomplete file has this after its name, so no listing takes it for a backup.
const INCOMPLETE = ".incomplete";
const RECORD = ".json";
// SQLite's own files beside a database.
const BESIDE = ["-wal", "-journal"] as const;
// What may lie beside a backup.
const ATTACHED = [...BESIDE, RECORD] as const;

const CHUNK_BYTES = 1024 * 1024;

/** Keeps backups of the file `database`, with the owner of that file. */
export function storageBackups(
  storage: Pick<Storage, "resolve" | "open" | "delete" | "rename" | "sizeOf" | "flushDirectory">,
  directory: BackupDirectory,
  database: string,
): BackupPlace {
  const pathOf = (name: string): string => `${directory.path}/${name}`;
  const incompletePath = (name: string): string => pathOf(`${name}${INCOMPLETE}`);

  function create(path: string): StorageFile {
    const file = storage.open(path, NEW, database);
    directory.makePrivate(path);
    return file;
  }

  function removeIfThere(path: string): void {
    if (storage.sizeOf(path) !== null) storage.delete(path);
  }

  function discard(name: string): void {
    const path = incompletePath(name);
    for (const each of [path, ...BESIDE.map((suffix) => `${path}${suffix}`)]) removeIfThere(each);
    removeIfThere(pathOf(`${name}${RECORD}${INCOMPLETE}`));
    if (storage.sizeOf(pathOf(name)) !== null) return;
    for (const suffix of ATTACHED) removeIfThere(pathOf(`${name}${suffix}`));
  }

  // What a process that was killed has left: incomplete files, and what belongs to a backup that
  // never had its name, or has lost it.
  function removeIncomplete(): void {
    const names = new Set(directory.names());
    for (const name of names) {
      const owner = ownerOf(name);
      const isLeft = /\.incomplete(-wal|-journal)?$/.test(name) ||
        owner !== null && isBackupName(owner) && !names.has(owner);
      if (isLeft) storage.delete(pathOf(name));
    }
  }

  function readRecord(name: string): Pick<StoredBackup, "record" | "recordState"> {
    const path = pathOf(`${name}${RECORD}`);
    if (storage.sizeOf(path) === null) return { record: null, recordState: "missing" };
    // A named pipe would be waited for.
    const file = directory.isFile(path) ? openIfThere(storage, path) : null;
    if (file === null) return { record: null, recordState: "unreadable" };
    try {
      const bytes = new Uint8Array(file.size());
      const record = parseRecord(new TextDecoder().decode(bytes.subarray(0, file.read(bytes, 0))));
      return { record, recordState: record === null ? "unreadable" : "read" };
    } finally {
      file.close();
    }
  }

  function writeRecord(name: string, record: BackupRecord): void {
    const path = pathOf(`${name}${RECORD}`);
    const file = create(`${path}${INCOMPLETE}`);
    try {
      file.write(new TextEncoder().encode(recordText(record)), 0);
      file.flush();
    } finally {
      file.close();
    }
    storage.rename(`${path}${INCOMPLETE}`, path);
  }

  return {
    pathOf,
    discard,
    freeBytes: () => directory.freeBytes(),
    // deno-lint-ignore require-await -- A failure is a rejection.
    async list() {
      return directory.names().filter((name) =>
        name.endsWith(BACKUP_EXTENSION) && directory.isFile(pathOf(name))
      ).map(
        (name): StoredBackup => ({
          name,
          sizeBytes: ["", ...BESIDE].reduce(
            (sum, suffix) => sum + (storage.sizeOf(pathOf(`${name}${suffix}`)) ?? 0),
            0,
          ),
          ...readRecord(name),
          writtenAt: directory.writtenAt(pathOf(name)),
        }),
      );
    },
    begin(name) {
      directory.create();
      removeIncomplete();
      if (storage.sizeOf(pathOf(name)) !== null || directory.names().includes(name)) return null;
      create(incompletePath(name)).close();
      return incompletePath(name);
    },
    // deno-lint-ignore require-await -- as above
    async complete(name, record) {
      flush(storage, incompletePath(name));
      writeRecord(name, record);
      for (const suffix of BESIDE) {
        const path = `${incompletePath(name)}${suffix}`;
        if (storage.sizeOf(path) !== null) storage.rename(path, pathOf(`${name}${suffix}`));
      }
      storage.flushDirectory(pathOf(name));
      storage.rename(incompletePath(name), pathOf(name));
      storage.flushDirectory(pathOf(name));
    },
    // deno-lint-ignore require-await -- as above
    async remove(name) {
      // The backup first: one without its record would be read as a whole to be judged.
      storage.delete(pathOf(name));
      for (const suffix of ATTACHED) removeIfThere(pathOf(`${name}${suffix}`));
    },
    async facts(path): Promise<FileFacts> {
      const hash = directory.hash();
      let header = new Uint8Array();
      const sizeBytes = readAll(storage, path, (chunk, at) => {
        if (at === 0) header = chunk.slice(0, DATABASE_HEADER_BYTES);
        hash.update(chunk);
      });
      return { sizeBytes, sha256: await hash.digest(), header };
    },
    // deno-lint-ignore require-await -- as above
    async keepBytes(from, to, bytes) {
      // SQLite keeps its files beside the file itself, and not beside a symbolic link to it.
      const file = storage.resolve(from);
      const target = storage.open(to, { access: "read-write", existence: "create" });
      if (bytes !== null) copyBytes(bytes, target);
      else if (storage.sizeOf(file) !== null) copyFile(storage, file, target);
      else target.close();
      for (const suffix of BESIDE) {
        if (storage.sizeOf(`${file}${suffix}`) === null) continue;
        copyFile(storage, `${file}${suffix}`, create(`${to}${suffix}`));
      }
    },
    // deno-lint-ignore require-await -- as above
    async putInPlace(name, database) {
      // A symbolic link stays, and the file that it leads to is replaced.
      const to = storage.resolve(database);
      const path = `${to}${INCOMPLETE}`;
      removeIfThere(path);
      copyFile(storage, pathOf(name), storage.open(path, NEW, to));
      // Before the new file has the name: its first reader would replay them into it.
      for (const suffix of BESIDE) removeIfThere(`${to}${suffix}`);
      storage.flushDirectory(to);
      storage.rename(path, to);
      storage.flushDirectory(to);
    },
    hasOrphan(database) {
      const file = storage.resolve(database);
      return storage.sizeOf(file) === null &&
        BESIDE.some((suffix) => (storage.sizeOf(`${file}${suffix}`) ?? 0) > 0);
    },
  };
}

/** The backup that a file belongs to by its name; `null` where it is none of a backup's. */
function ownerOf(name: string): string | null {
  const suffix = ATTACHED.find((each) => name.endsWith(each));
  return suffix === undefined ? null : name.slice(0, -suffix.length);
}

type Opening = Pick<Storage, "open">;

/** Reads a file in chunks, which are only valid in `onChunk`; returns its size. */
function readAll(
  storage: Opening,
  path: string,
  onChunk: (chunk: Uint8Array, at: number) => void,
): number {
  const file = storage.open(path, TO_READ);
  try {
    return readChunks(file, onChunk);
  } finally {
    file.close();
  }
}

function readChunks(
  file: DatabaseBytes,
  onChunk: (chunk: Uint8Array, at: number) => void,
): number {
  const buffer = new Uint8Array(CHUNK_BYTES);
  let at = 0;
  for (;;) {
    const count = file.read(buffer, at);
    if (count === 0) return at;
    onChunk(buffer.subarray(0, count), at);
    at += count;
  }
}

function copyFile(storage: Opening, from: string, target: StorageFile): void {
  const source = storage.open(from, TO_READ);
  try {
    copyBytes(source, target);
  } finally {
    source.close();
  }
}

/** Copies, flushes and closes `target`. */
function copyBytes(source: DatabaseBytes, target: StorageFile): void {
  try {
    readChunks(source, (chunk, at) => target.write(chunk, at));
    target.flush();
  } finally {
    target.close();
  }
}

function flush(storage: Opening, path: string): void {
  const file = storage.open(path, { access: "read-write", existence: "must-exist" });
  try {
    file.flush();
  } finally {
    file.close();
  }
}

/** Keeps backups in a directory of a storage in memory, which has no limit of its own. */
export function memoryBackups(
  storage: Storage & { files(): ReadonlyMap<string, unknown> },
  directory: string,
  database: string,
): BackupPlace {
  const prefix = `${directory}/`;
  return storageBackups(storage, {
    path: directory,
    create() {},
    names: () =>
      [...storage.files().keys()].filter((path) => path.startsWith(prefix))
        .map((path) => path.slice(prefix.length)),
    isFile: (path) => storage.sizeOf(path) !== null,
    writtenAt: () => new Date(0).toISOString(),
    freeBytes: () => Infinity,
    makePrivate() {},
    hash: collectingHash,
  }, database);
}

/** A hash that keeps every byte until its end, for storages in memory. */
export function collectingHash(): IncrementalHash {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  return {
    update: (bytes) => parts.push(bytes.slice()),
    digest: async () => await sha256Hex(new Uint8Array(await new Blob(parts).arrayBuffer())),
  };
}
