// Joins adjacent writes into few large ones. Pure but for the file that it wraps; runs anywhere.

import type { StorageFile } from "./storage.ts";

// SQLite writes a page at a time, and in a write-ahead log a header before each; a system call
// costs more than copying a page. From this size on joining gains nothing.
const BUFFER_BYTES = 256 * 1024;

/** A file that may hold writes back. */
export interface BufferedFile extends StorageFile {
  /** Passes on what is held back, so that other handles see it; `flush()` does so by itself. */
  settle(): void;
}

/**
 * Wraps a file so that writes which continue each other are passed on together, at the latest when
 * the file is flushed. Reading sees every write. A write that fails is reported by a later call,
 * but never later than `flush()`, so that nothing is taken for durable that is not. A file that is
 * `isOnlyOurs`, which no other handle writes to, is not flushed again where nothing was written.
 */
export function bufferWrites(file: StorageFile, { isOnlyOurs = false } = {}): BufferedFile {
  // What was written before the file was opened may not be durable yet.
  let isDurable = false;
  let buffer: Uint8Array | null = null;
  let start = 0;
  let length = 0;

  // What fails to be written is kept and tried again: forgetting it could let a flush succeed
  // without it.
  function writePending(): void {
    if (buffer === null || length === 0) return;
    const pending = buffer.subarray(0, length);
    file.write(pending, start);
    length = 0;
  }

  return {
    settle: writePending,
    read(target, at) {
      if (length > 0 && at < start + length && at + target.length > start) writePending();
      return file.read(target, at);
    },
    write(source, at) {
      isDurable = false;
      if (length > 0 && (at !== start + length || length + source.length > BUFFER_BYTES)) {
        writePending();
      }
      if (source.length >= BUFFER_BYTES) {
        file.write(source, at);
        return;
      }
      buffer ??= new Uint8Array(BUFFER_BYTES);
      if (length === 0) start = at;
      buffer.set(source, length);
      length += source.length;
    },
    truncate(sizeBytes) {
      isDurable = false;
      writePending();
      file.truncate(sizeBytes);
    },
    size() {
      writePending();
      return file.size();
    },
    flush() {
      if (isDurable) return;
      writePending();
      file.flush();
      isDurable = isOnlyOurs;
    },
    close() {
      try {
        writePending();
      } finally {
        file.close();
      }
    },
  };
}
