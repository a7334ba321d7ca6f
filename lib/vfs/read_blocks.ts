// Reads a file that no program writes to in blocks of many pages. Runs anywhere.

import type { StorageFile } from "./storage.ts";

// A call of the system costs more than copying so many bytes.
const BLOCK_BYTES = 128 * 1024;

/**
 * Keeps the block that was read last, and the size, which does not change. SQLite reads most pages
 * of a file in their order when it checks, counts or copies all of it.
 */
export function readBlocks(file: StorageFile): StorageFile {
  const sizeBytes = file.size();
  const block = new Uint8Array(BLOCK_BYTES);
  let blockAt = -1;
  let count = 0;
  return {
    ...file,
    size: () => sizeBytes,
    read(buffer, at) {
      const start = at - at % BLOCK_BYTES;
      if (at + buffer.length > start + BLOCK_BYTES) return file.read(buffer, at);
      if (start !== blockAt) {
        // Where reading fails, the block holds nothing that is known.
        blockAt = -1;
        count = file.read(block, start);
        blockAt = start;
      }
      const found = block.subarray(at - start, Math.min(at - start + buffer.length, count));
      buffer.set(found);
      return found.length;
    },
  };
}
