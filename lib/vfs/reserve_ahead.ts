// Grows a write-ahead log before it is needed, which makes each commit's flush cheaper. Runs
// anywhere.

import { StorageError, type StorageFile } from "./storage.ts";

// A flush that also has to record a new length and new blocks takes about twice as long. The space
// ahead grows with the log, so that a small one stays small.
const LEAST_BYTES = 64 * 1024;
const MOST_BYTES = 1024 * 1024;

/** A file with zeros behind its end. */
export interface ReservedFile extends StorageFile {
  /** Frees the space ahead. */
  giveBack(): void;
}

/**
 * Wraps a write-ahead log so that a flush which finds it grown writes zeros behind its end. SQLite
 * reads a log up to the first frame whose salt or checksum is wrong, and zeros are such a frame:
 * https://sqlite.org/fileformat2.html#the_write_ahead_log
 */
export function reserveAhead(file: StorageFile): ReservedFile {
  let reservedTo = file.size();
  let writtenTo = reservedTo;

  function reserve(): void {
    const ahead = Math.min(Math.max(writtenTo, LEAST_BYTES), MOST_BYTES);
    try {
      file.write(new Uint8Array(ahead), writtenTo);
      reservedTo = writtenTo + ahead;
    } catch (error) {
      // Without the space commits are slower, and nothing else; but the rest of the disk is not
      // ours.
      if (!(error instanceof StorageError)) throw error;
      file.truncate(writtenTo);
      reservedTo = writtenTo;
    }
  }

  function giveBack(): void {
    if (reservedTo <= writtenTo) return;
    file.truncate(writtenTo);
    reservedTo = writtenTo;
  }

  return {
    ...file,
    giveBack,
    write(source, at) {
      file.write(source, at);
      writtenTo = Math.max(writtenTo, at + source.length);
    },
    truncate(sizeBytes) {
      file.truncate(sizeBytes);
      reservedTo = sizeBytes;
      writtenTo = Math.min(writtenTo, sizeBytes);
    },
    flush() {
      if (writtenTo > reservedTo) reserve();
      file.flush();
    },
    close() {
      try {
        giveBack();
      } finally {
        file.close();
      }
    },
  };
}
