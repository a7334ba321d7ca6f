// Keeps backups in a directory of a storage. Runs anywhere.

import { sha256Hex } from "../migration/sha256_hex.ts";
import { openIfThere, type OpenMode, type Storage, type StorageFile } from "../vfs/storage.ts";
import type { BackupPlace, FileFacts, StoredBackup } from "./backup_place.ts";
import { BACKUP_EXTENSION, type BackupRecord, parseRecord, recordText } from "./backup_record.ts";

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
  /** The names of the files in it; none where it is missing. */
  names(): readonly string[];
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

const CHUNK_BYTES = 1024 * 1024;
const HEADER_BYTES = 100;

/** Keeps backups of the file `database`, with the owner of that file. */
export function storageBackups(
  storage: Pick<Storage, "open" | "delete" | "rename" | "sizeOf" | "flushDirectory">,
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
    if (storage.sizeOf(pathOf(name)) === null) removeIfThere(pathOf(`${name}${RECORD}`));
  }

  // What a process that was killed has left.
  function removeIncomplete(): void {
    for (const name of directory.names()) {
      if (/\.incomplete(-wal|-journal)?$/.test(name)) storage.delete(pathOf(name));
    }
  }

  function readRecord(name: string): BackupRecord | null {
    const file = openIfThere(storage, pathOf(`${name}${RECORD}`));
    if (file === null) return null;
    try {
      const bytes = new Uint8Array(file.size());
      return parseRecord(new TextDecoder().decode(bytes.subarray(0, file.read(bytes, 0))));
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
      return directory.names().filter((name) => name.endsWith(BACKUP_EXTENSION)).map(
        (name): StoredBackup => ({
          name,
          sizeBytes: storage.sizeOf(pathOf(name)) ?? 0,
          record: readRecord(name),
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
      storage.flushDirectory(pathOf(name));
      storage.rename(incompletePath(name), pathOf(name));
      storage.flushDirectory(pathOf(name));
    },
    // deno-lint-ignore require-await -- as above
    async remove(name) {
      // The record last: a backup without one would be read as a whole to be judged.
      storage.delete(pathOf(name));
      removeIfThere(pathOf(`${name}${RECORD}`));
    },
    async facts(path): Promise<FileFacts> {
      const hash = directory.hash();
      let header = new Uint8Array();
      const sizeBytes = readAll(storage, path, (chunk, at) => {
        if (at === 0) header = chunk.slice(0, HEADER_BYTES);
        hash.update(chunk);
      });
      return { sizeBytes, sha256: await hash.digest(), header };
    },
    // deno-lint-ignore require-await -- as above
    async keepBytes(from, to) {
      copyBytes(storage, from, storage.open(to, { access: "read-write", existence: "create" }));
      for (const suffix of BESIDE) {
        if (storage.sizeOf(`${from}${suffix}`) === null) continue;
        copyBytes(
          storage,
          `${from}${suffix}`,
          create(`${to.slice(0, -INCOMPLETE.length)}${suffix}`),
        );
      }
    },
    // deno-lint-ignore require-await -- as above
    async putInPlace(name, to) {
      const path = `${to}${INCOMPLETE}`;
      removeIfThere(path);
      copyBytes(storage, pathOf(name), storage.open(path, NEW, to));
      // Before the new file has the name: its first reader would replay them into it.
      for (const suffix of BESIDE) removeIfThere(`${to}${suffix}`);
      storage.flushDirectory(to);
      storage.rename(path, to);
      storage.flushDirectory(to);
    },
  };
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
    const buffer = new Uint8Array(CHUNK_BYTES);
    let at = 0;
    for (;;) {
      const count = file.read(buffer, at);
      if (count === 0) return at;
      onChunk(buffer.subarray(0, count), at);
      at += count;
    }
  } finally {
    file.close();
  }
}

function copyBytes(storage: Opening, from: string, target: StorageFile): void {
  try {
    readAll(storage, from, (chunk, at) => target.write(chunk, at));
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

/** Keeps backups in a directory of a storage in memory, whose room is not known in advance. */
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
