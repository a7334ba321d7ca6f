// The index of a write-ahead log, which SQLite here uses in the heap of WebAssembly while native
// programs map the same file. Runs anywhere.

import type { Pointer, Sqlite3 } from "../sqlite/sqlite3.ts";
import { StorageError, type WalIndexFile } from "./storage.ts";

/** The wal-index of one connection, as the `xShm` methods need it. */
export interface HeapWalIndex {
  /** The address of a region; 0 where there is none and none may be made. */
  map(region: number, mayExtend: boolean): Pointer;
  /** Grants or refuses locks of the log. Throws once a commit could not be written back. */
  lock(first: number, count: number, isShared: boolean): boolean;
  /** Releases them. What SQLite changed under the write lock is written back. */
  unlock(first: number): void;
  /**
   * Throws, once, where a commit could not be written back, so that other programs cannot see it.
   */
  checkPublished(): void;
  free(): void;
}

// Offsets and sizes in https://sqlite.org/walformat.html#the_wal_index_file_format
const REGION_BYTES = 32_768;
const HEADER_BYTES = 48;
const CHECKPOINT_INFO_AT = 2 * HEADER_BYTES;
const READ_MARKS_AT = CHECKPOINT_INFO_AT + 4;
const HASH_TABLES_AT = 136;
const LAST_FRAME_AT = 16;
// Frames in the first region, whose head is smaller by the headers, and in each that follows.
const FIRST_REGION_FRAMES = 4_062;
const REGION_FRAMES = 4_096;

// Native SQLite maps whole pages of the system, which have 64 KiB on some.
const GROWTH_BYTES = 65_536;

// https://sqlite.org/walformat.html#wal_locks
const WRITE_LOCK = 0;
const READ_LOCK_0 = 3;
const READ_LOCK_1 = 4;

interface Region {
  readonly pointer: Pointer;
  /** What the file holds, as far as it is known here. */
  readonly known: Uint8Array;
}

/**
 * An index that no other program uses, so every lock is free. Without `initial` SQLite builds it
 * from the log.
 */
export function privateWalIndex({ wasm }: Sqlite3, initial: WalIndexFile | null): HeapWalIndex {
  const regions: Region[] = [];
  return {
    map(region, mayExtend) {
      while (regions.length <= region) {
        const index = regions.length;
        const isThere = initial !== null && initial.size() >= (index + 1) * REGION_BYTES;
        if (!isThere && !mayExtend) return 0;
        regions.push(
          newRegion(wasm, isThere ? readRegion(initial, index) : new Uint8Array(REGION_BYTES)),
        );
      }
      return regions[region]?.pointer ?? 0;
    },
    lock: () => true,
    unlock() {},
    checkPublished() {},
    free: () => freeRegions(wasm, regions),
  };
}

/**
 * An index in a file that native programs use at the same time, for an owner that has the write
 * lock of the log. SQLite is shown free read marks: the owner's own read lock, taken natively,
 * keeps the log from being started again, so whatever it reads stays. The marks and the rest of the
 * checkpoint's state are never written back. Checkpoints, which need locks of others, are left to
 * native programs.
 */
export function sharedWalIndex({ wasm }: Sqlite3, file: WalIndexFile): HeapWalIndex {
  const regions: Region[] = [];
  let failure: StorageError | null = null;
  let isReported = false;

  function map(region: number, mayExtend: boolean): Pointer {
    if (file.size() < (region + 1) * REGION_BYTES) {
      if (!mayExtend) return 0;
      growTo((region + 1) * REGION_BYTES);
    }
    while (regions.length <= region) {
      regions.push(newRegion(wasm, readRegion(file, regions.length)));
    }
    return regions[region]?.pointer ?? 0;
  }

  function growTo(needed: number): void {
    const size = file.size();
    const end = Math.ceil(needed / GROWTH_BYTES) * GROWTH_BYTES;
    // Bytes and not a hole: a native program would die of SIGBUS in a page that finds no room on
    // the disk.
    file.write(new Uint8Array(end - size), size);
  }

  // Hash tables come before the header that makes them count, and the first copy of the header
  // last: a reader takes a header only where both copies agree.
  function writeBack(): void {
    const [first] = regions;
    if (first === undefined) return;
    // A transaction appends, so what was committed before the last known header stays as it is.
    const lastFrame = new DataView(first.known.buffer).getUint32(LAST_FRAME_AT, true);
    const from = lastFrame <= FIRST_REGION_FRAMES
      ? 0
      : 1 + Math.floor((lastFrame - FIRST_REGION_FRAMES - 1) / REGION_FRAMES);
    for (let index = regions.length - 1; index >= from; index--) {
      writeChanged(index, index === 0 ? HASH_TABLES_AT : 0, REGION_BYTES);
    }
    const header = heapOf(wasm, first.pointer).slice(0, CHECKPOINT_INFO_AT);
    if (header.every((byte, at) => byte === first.known[at])) return;
    file.write(header.subarray(HEADER_BYTES), HEADER_BYTES);
    file.write(header.subarray(0, HEADER_BYTES), 0);
    first.known.set(header);
  }

  function writeChanged(index: number, from: number, to: number): void {
    const region = regions[index];
    if (region === undefined) return;
    const heap = heapOf(wasm, region.pointer);
    let start = from;
    let end = to;
    while (start < end && heap[start] === region.known[start]) start++;
    while (end > start && heap[end - 1] === region.known[end - 1]) end--;
    if (start === end) return;
    const bytes = heap.slice(start, end);
    file.write(bytes, index * REGION_BYTES + start);
    region.known.set(bytes, start);
  }

  return {
    map,
    lock(first, count, isShared) {
      // After a failure the file and the heap differ, and nothing may be built on either. A refusal
      // would make SQLite try again for ten seconds.
      if (failure !== null) throw failure;
      if (isShared) return first === READ_LOCK_0 || first === READ_LOCK_1;
      return first === WRITE_LOCK && count === 1;
    },
    unlock(first) {
      if (first !== WRITE_LOCK || failure !== null) return;
      try {
        writeBack();
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        // SQLite ignores the result of an unlock, so the caller of COMMIT has to check it.
        failure = error;
      }
    },
    checkPublished() {
      // The caller of COMMIT reports the transaction; a later check must not replace that report.
      if (failure === null || isReported) return;
      isReported = true;
      throw failure;
    },
    free: () => freeRegions(wasm, regions),
  };
}

function newRegion(wasm: Sqlite3["wasm"], known: Uint8Array): Region {
  const pointer = wasm.alloc(REGION_BYTES);
  heapOf(wasm, pointer).set(known);
  return { pointer, known };
}

/** The first region is read until header and checkpoint state are of one moment. */
function readRegion(file: WalIndexFile, index: number): Uint8Array {
  const bytes = new Uint8Array(REGION_BYTES);
  file.read(bytes, index * REGION_BYTES);
  if (index > 0) return bytes;
  const again = new Uint8Array(READ_MARKS_AT);
  for (;;) {
    file.read(again, 0);
    if (again.every((byte, at) => byte === bytes[at])) break;
    file.read(bytes, 0);
  }
  // Marks that SQLite can share; it takes no other, and never one of another program.
  new Uint32Array(bytes.buffer, READ_MARKS_AT, 5).set([0, 0, UNUSED, UNUSED, UNUSED]);
  return bytes;
}

const UNUSED = 0xffffffff;

function heapOf(wasm: Sqlite3["wasm"], pointer: Pointer): Uint8Array {
  return wasm.heap8u().subarray(pointer, pointer + REGION_BYTES);
}

function freeRegions(wasm: Sqlite3["wasm"], regions: Region[]): void {
  for (const { pointer } of regions.splice(0)) wasm.dealloc(pointer);
}
