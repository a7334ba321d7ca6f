// A file whose writes go elsewhere, so that a dry run can write as it likes. Runs anywhere.

import type { StorageFile } from "./storage.ts";

// SQLite writes pages, most often of this size; a larger chunk would copy more than is written.
const CHUNK_BYTES = 4_096;

/**
 * Lays written chunks over `base`, which is only read; `null` begins empty. `openScratch` gives the
 * file that holds them once there are some. Closing closes `base`.
 */
export function overlayFile(base: StorageFile | null, openScratch: () => StorageFile): StorageFile {
  // Chunk number to its position in the scratch file, counted in chunks.
  const written = new Map<number, number>();
  let chunks = 0;
  let scratch: StorageFile | null = null;
  // The end of what was written or truncated here. The base may grow: other programs append to a
  // log.
  let ownEnd = 0;
  // Cut and grown again, a file has zeros where the base still has bytes.
  let baseLimit = Infinity;

  const baseSize = (): number => Math.min(base?.size() ?? 0, baseLimit);
  const size = (): number => Math.max(baseSize(), ownEnd);

  function readChunk(chunk: number, buffer: Uint8Array, from: number): void {
    const at = written.get(chunk);
    if (at !== undefined && scratch !== null) {
      scratch.read(buffer, at * CHUNK_BYTES + from);
      return;
    }
    const start = chunk * CHUNK_BYTES + from;
    const available = Math.min(Math.max(baseSize() - start, 0), buffer.length);
    const count = available === 0 ? 0 : base?.read(buffer.subarray(0, available), start) ?? 0;
    buffer.fill(0, count);
  }

  function writeChunk(chunk: number, bytes: Uint8Array, from: number): void {
    scratch ??= openScratch();
    let at = written.get(chunk);
    if (at === undefined) {
      at = chunks++;
      if (bytes.length < CHUNK_BYTES) {
        const whole = new Uint8Array(CHUNK_BYTES);
        readChunk(chunk, whole, 0);
        scratch.write(whole, at * CHUNK_BYTES);
      }
      written.set(chunk, at);
    }
    scratch.write(bytes, at * CHUNK_BYTES + from);
  }

  function forEachChunk(
    buffer: Uint8Array,
    at: number,
    use: (chunk: number, part: Uint8Array, from: number) => void,
  ): void {
    for (let done = 0; done < buffer.length;) {
      const chunk = Math.floor((at + done) / CHUNK_BYTES);
      const from = (at + done) % CHUNK_BYTES;
      const part = buffer.subarray(done, done + CHUNK_BYTES - from);
      use(chunk, part, from);
      done += part.length;
    }
  }

  return {
    read(buffer, at) {
      // Most readers never write; the size alone would be a call of the system for each page.
      const isUntouched = written.size === 0 && ownEnd === 0 && baseLimit === Infinity;
      if (isUntouched) return base?.read(buffer, at) ?? 0;
      const count = Math.min(Math.max(size() - at, 0), buffer.length);
      forEachChunk(buffer.subarray(0, count), at, readChunk);
      return count;
    },
    write(buffer, at) {
      forEachChunk(buffer, at, writeChunk);
      ownEnd = Math.max(ownEnd, at + buffer.length);
    },
    truncate(sizeBytes) {
      if (sizeBytes < size()) {
        const last = Math.floor(sizeBytes / CHUNK_BYTES);
        for (const chunk of written.keys()) if (chunk > last) written.delete(chunk);
        baseLimit = Math.min(baseLimit, sizeBytes);
        const from = sizeBytes % CHUNK_BYTES;
        if (written.has(last)) writeChunk(last, new Uint8Array(CHUNK_BYTES - from), from);
      }
      ownEnd = sizeBytes;
    },
    size,
    flush() {},
    close() {
      scratch?.close();
      scratch = null;
      base?.close();
    },
  };
}
