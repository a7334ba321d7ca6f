// Recognises a write-ahead log or a journal that was written for another database file. Runs
// anywhere.

import { openIfThere, type Storage, StorageError, type StorageFile } from "./storage.ts";

// Offsets in https://sqlite.org/fileformat2.html#the_database_header
const DATABASE_HEADER_BYTES = 100;
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

/** Looks at the files beside a database; throws `EFOREIGNLOG` where one cannot belong to it. */
export function refuseForeignFiles(
  storage: Pick<Storage, "open" | "sizeOf">,
  database: StorageFile,
  path: string,
): void {
  for (
    const [suffix, refuse] of [["-wal", refuseForeignLog], [
      "-journal",
      refuseForeignJournal,
    ]] as const
  ) {
    const beside = `${path}${suffix}`;
    if ((storage.sizeOf(beside) ?? 0) === 0) continue;
    const file = openIfThere(storage, beside);
    if (file === null) continue;
    try {
      refuse(database, file, beside);
    } finally {
      file.close();
    }
  }
}

/**
 * Throws where the log beside a database cannot belong to it. Each transaction that changes page 1
 * adds one to the change counter in it, so the counter of the database is at most one below the
 * first page 1 in its log, and at most as many above as the log has pages. A backup that was moved
 * into the place of a database usually has a counter outside that range; SQLite would replay the
 * log into it and destroy it.
 */
function refuseForeignLog(database: StorageFile, log: StorageFile, path: string): void {
  const header = readHeader(database);
  const found = read(log, 0, LOG_HEADER_BYTES);
  // Without its last bit, which says how checksums are computed.
  if (header === null || found === null || (found.getUint32(0) & ~1) >>> 0 !== LOG_MAGIC) return;
  const pageBytes = found.getUint32(8);
  const salts = [found.getUint32(16), found.getUint32(20)];
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  const pages = Math.min(Math.floor((log.size() - LOG_HEADER_BYTES) / frameBytes), MOST_PAGES);
  for (let page = 0; page < pages; page++) {
    const at = LOG_HEADER_BYTES + page * frameBytes;
    const frame = read(log, at, FRAME_HEADER_BYTES);
    // Frames with other salts are left over from before the log was started again.
    if (frame === null || frame.getUint32(8) !== salts[0] || frame.getUint32(12) !== salts[1]) {
      break;
    }
    if (pageBytes !== header.pageBytes) refuse(path);
    if (frame.getUint32(0) !== 1) continue;
    const first = counterAt(log, at + FRAME_HEADER_BYTES);
    const ahead = header.changeCounter - (first - 1);
    if (ahead < 0 || ahead > pages) refuse(path);
    return;
  }
}

/**
 * The same for a rollback journal, which holds pages as they were before a transaction: the counter
 * of the database is that of page 1 in the journal, or one more.
 */
function refuseForeignJournal(database: StorageFile, journal: StorageFile, path: string): void {
  const header = readHeader(database);
  const found = read(journal, 0, JOURNAL_HEADER_BYTES);
  if (header === null || found === null) return;
  if (JOURNAL_MAGIC.some((byte, at) => found.getUint8(at) !== byte)) return;
  const sectorBytes = found.getUint32(20);
  const pageBytes = found.getUint32(24);
  if (pageBytes !== header.pageBytes) refuse(path);
  const recordBytes = 4 + pageBytes + 4;
  const pages = Math.min(Math.floor((journal.size() - sectorBytes) / recordBytes), MOST_PAGES);
  for (let page = 0; page < pages; page++) {
    const at = sectorBytes + page * recordBytes;
    if (read(journal, at, 4)?.getUint32(0) !== 1) continue;
    const ahead = header.changeCounter - counterAt(journal, at + 4);
    if (ahead !== 0 && ahead !== 1) refuse(path);
    return;
  }
}

function refuse(path: string): never {
  throw new StorageError(
    "EFOREIGNLOG",
    "use",
    path,
    "it was written before another file was moved into the database's place, and replaying it would " +
      "damage that file; move the log away, or move the database that it belongs to back",
  );
}

interface DatabaseHeader {
  readonly pageBytes: number;
  readonly changeCounter: number;
}

function readHeader(database: StorageFile): DatabaseHeader | null {
  const header = read(database, 0, DATABASE_HEADER_BYTES);
  if (header === null) return null;
  // 65,536 does not fit into two bytes and is written as 1.
  const pageBytes = header.getUint16(PAGE_SIZE_AT);
  return {
    pageBytes: pageBytes === 1 ? 65_536 : pageBytes,
    changeCounter: header.getUint32(CHANGE_COUNTER_AT),
  };
}

function counterAt(file: StorageFile, page: number): number {
  return read(file, page + CHANGE_COUNTER_AT, 4)?.getUint32(0) ?? 0;
}

function read(file: StorageFile, at: number, length: number): DataView | null {
  const bytes = new Uint8Array(length);
  return file.read(bytes, at) < length ? null : new DataView(bytes.buffer);
}
