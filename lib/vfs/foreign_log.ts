// Recognises a write-ahead log or a journal that was written for another database file. Runs
// anywhere.

import { DATABASE_HEADER_BYTES, hasDatabaseHeader } from "./database_header.ts";
import { openIfThere, type Storage, StorageError, type StorageFile } from "./storage.ts";

// Offsets in https://sqlite.org/fileformat2.html#the_database_header
const PAGE_SIZE_AT = 16;
const CHANGE_COUNTER_AT = 24;

// https://sqlite.org/fileformat2.html#the_write_ahead_log
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const LOG_MAGIC = 0x377f0682;

// https://sqlite.org/fileformat2.html#the_rollback_journal
const JOURNAL_HEADER_BYTES = 28;
const JOURNAL_MAGIC = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

// Page 1 is nearly always among the first pages of a log; looking further costs more than it finds.
const MOST_PAGES = 4_096;

// A living program writes the database and its log while they are compared.
const ATTEMPTS = 5;

/** Looks at the files beside a database; throws `EFOREIGNLOG` where one cannot belong to it. */
export function refuseForeignFiles(
  storage: Pick<Storage, "open" | "stateOf">,
  database: StorageFile,
  path: string,
): void {
  const checks = [
    [`${path}-wal`, refuseForeignLog],
    [`${path}-journal`, refuseForeignJournal],
  ] as const;
  for (const [beside, refuseForeign] of checks) {
    if (storage.stateOf(beside) === null) continue;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const before = versionsOf(storage, [path, beside]);
      const file = openIfThere(storage, beside);
      if (file === null) break;
      try {
        refuseForeign(database, file, beside);
        break;
      } catch (error) {
        if (versionsOf(storage, [path, beside]) === before) throw error;
      } finally {
        file.close();
      }
    }
  }
}

/** Differs once any of the files was written to or replaced. */
export function versionsOf(
  storage: Pick<Storage, "stateOf">,
  paths: readonly string[],
): string {
  return paths.map((path) => {
    const state = storage.stateOf(path);
    return state === null ? "" : `${state.identity} ${state.version}`;
  }).join();
}

/**
 * Throws where the log beside a database cannot belong to it. Each transaction that changes page 1
 * adds at most one to the change counter in it, so the counter of the database is at most one below
 * the first page 1 in its log, and at most as many above as the log has pages. A backup that was
 * moved into the place of a database usually has a counter outside that range; SQLite would replay
 * the log into it and destroy it.
 */
function refuseForeignLog(database: StorageFile, log: StorageFile, path: string): void {
  const header = readHeader(database);
  const found = read(log, 0, LOG_HEADER_BYTES);
  // Without its last bit, which says how checksums are computed.
  if (header === null || found === null || (found.getUint32(0) & ~1) >>> 0 !== LOG_MAGIC) return;
  const pageBytes = found.getUint32(8);
  if (!isPageSize(pageBytes)) return;
  const salts = [found.getUint32(16), found.getUint32(20)];
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  const frames = Math.floor((log.size() - LOG_HEADER_BYTES) / frameBytes);
  for (let frame = 0; frame < Math.min(frames, MOST_PAGES); frame++) {
    const at = LOG_HEADER_BYTES + frame * frameBytes;
    const head = read(log, at, FRAME_HEADER_BYTES);
    // Frames with other salts are left over from before the log was started again.
    if (head === null || head.getUint32(8) !== salts[0] || head.getUint32(12) !== salts[1]) return;
    const isOtherSize = pageBytes !== header.pageBytes;
    if (head.getUint32(0) !== 1 && !isOtherSize) continue;
    const first = counterAt(log, at + FRAME_HEADER_BYTES);
    const ahead = header.changeCounter - (first - 1);
    if (!isOtherSize && ahead >= 0 && ahead <= frames) return;
    // A program may have been killed between the head of a frame and its page.
    if (hasWhole(log, found, frame + 1)) refuse(path);
    return;
  }
}

/**
 * Whether the checksums of so many frames are right:
 * https://sqlite.org/fileformat2.html#checksum_algorithm
 */
function hasWhole(log: StorageFile, header: DataView, frames: number): boolean {
  const isLittleEndian = (header.getUint32(0) & 1) === 0;
  let one = header.getUint32(24);
  let two = header.getUint32(28);
  const add = (bytes: DataView, from: number, to: number): void => {
    for (let at = from; at < to; at += 8) {
      one = (one + bytes.getUint32(at, isLittleEndian) + two) >>> 0;
      two = (two + bytes.getUint32(at + 4, isLittleEndian) + one) >>> 0;
    }
  };
  const frameBytes = FRAME_HEADER_BYTES + header.getUint32(8);
  for (let frame = 0; frame < frames; frame++) {
    const bytes = read(log, LOG_HEADER_BYTES + frame * frameBytes, frameBytes);
    if (bytes === null) return false;
    add(bytes, 0, 8);
    add(bytes, FRAME_HEADER_BYTES, frameBytes);
    if (bytes.getUint32(16) !== one || bytes.getUint32(20) !== two) return false;
  }
  return true;
}

/**
 * The same for a rollback journal, which holds pages as they were before a transaction: the counter
 * of the database is that of page 1 in the journal, or one more.
 */
function refuseForeignJournal(database: StorageFile, journal: StorageFile, path: string): void {
  const header = readHeader(database);
  if (header === null) return;
  for (const { page, content } of journaledPages(journal)) {
    if (page !== 1) continue;
    const ahead = header.changeCounter - content.getUint32(CHANGE_COUNTER_AT);
    if (ahead !== 0 && ahead !== 1) refuse(path);
    return;
  }
}

interface JournaledPage {
  readonly page: number;
  readonly content: DataView;
}

/**
 * The pages that SQLite would roll back, of which a journal may have several parts, each with a
 * header.
 */
function* journaledPages(journal: StorageFile): Generator<JournaledPage> {
  const sizeBytes = journal.size();
  let left = MOST_PAGES;
  for (let start = 0; left > 0;) {
    const header = read(journal, start, JOURNAL_HEADER_BYTES);
    if (header === null || JOURNAL_MAGIC.some((byte, at) => header.getUint8(at) !== byte)) return;
    const nonce = header.getUint32(12);
    const sectorBytes = header.getUint32(20);
    const pageBytes = header.getUint32(24);
    if (!isPageSize(pageBytes) || sectorBytes < JOURNAL_HEADER_BYTES) return;
    const recordBytes = 4 + pageBytes + 4;
    const first = start + sectorBytes;
    const records = Math.min(header.getUint32(8), Math.floor((sizeBytes - first) / recordBytes));
    if (records <= 0) return;
    for (let record = 0; record < records && left-- > 0; record++) {
      const bytes = read(journal, first + record * recordBytes, recordBytes);
      if (bytes === null) return;
      const content = new DataView(bytes.buffer, 4, pageBytes);
      if (bytes.getUint32(4 + pageBytes) !== journalChecksum(content, nonce)) return;
      yield { page: bytes.getUint32(0), content };
    }
    start = Math.ceil((first + records * recordBytes) / sectorBytes) * sectorBytes;
  }
}

// Every 200th byte, from the end: https://sqlite.org/fileformat2.html#the_rollback_journal
function journalChecksum(content: DataView, nonce: number): number {
  let sum = nonce;
  for (let at = content.byteLength - 200; at > 0; at -= 200) sum += content.getUint8(at);
  return sum >>> 0;
}

function refuse(path: string): never {
  throw new StorageError(
    "EFOREIGNLOG",
    "use",
    path,
    "it was written before another file was moved into the database's place, and replaying it " +
      "would damage that file; move the log away, or move the database that it belongs to back",
  );
}

interface DatabaseHeader {
  readonly pageBytes: number;
  readonly changeCounter: number;
}

function readHeader(database: StorageFile): DatabaseHeader | null {
  const header = read(database, 0, DATABASE_HEADER_BYTES);
  // Without it the file is no database, and nothing can be foreign to it.
  if (header === null || !hasDatabaseHeader(header)) return null;
  // 65,536 does not fit into two bytes and is written as 1.
  const pageBytes = header.getUint16(PAGE_SIZE_AT);
  return {
    pageBytes: pageBytes === 1 ? 65_536 : pageBytes,
    changeCounter: header.getUint32(CHANGE_COUNTER_AT),
  };
}

function isPageSize(bytes: number): boolean {
  return bytes >= 512 && bytes <= 65_536 && (bytes & (bytes - 1)) === 0;
}

function counterAt(file: StorageFile, page: number): number {
  return read(file, page + CHANGE_COUNTER_AT, 4)?.getUint32(0) ?? 0;
}

function read(file: StorageFile, at: number, length: number): DataView | null {
  const bytes = new Uint8Array(length);
  return file.read(bytes, at) < length ? null : new DataView(bytes.buffer);
}
