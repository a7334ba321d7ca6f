// readBlocks(): the bytes of a file that stays as it is, with few calls of the storage.

import * as assert from "uvu/assert";
import { readBlocks } from "../../lib/vfs/read_blocks.ts";
import { StorageError, type StorageFile } from "../../lib/vfs/storage.ts";
import { suite } from "../support/suite.ts";

const reading = suite("readBlocks()");

/** A file of `bytes`, and the positions that were read. */
function fileOf(bytes: Uint8Array): { readonly file: StorageFile; readonly reads: number[] } {
  const reads: number[] = [];
  const file: StorageFile = {
    read(buffer, at) {
      reads.push(at);
      const found = bytes.subarray(at, at + buffer.length);
      buffer.set(found);
      return found.length;
    },
    write() {},
    truncate() {},
    size: () => bytes.length,
    flush() {},
    close() {},
  };
  return { file, reads };
}

const BYTES = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 31 + (at >> 8)) & 0xff);

reading("returns what is there, across blocks and past the end", () => {
  const blocks = readBlocks(fileOf(BYTES).file);
  const cases = [[0, 100], [131_000, 200], [131_072, 4096], [299_990, 100], [300_000, 10], [
    0,
    300_000,
  ]];
  for (const [at = 0, length = 0] of [...cases, ...cases.toReversed(), [400_000, 10]]) {
    const buffer = new Uint8Array(length);
    const count = blocks.read(buffer, at);
    assert.equal(buffer.slice(0, count), BYTES.slice(at, at + length), `${length} bytes at ${at}`);
  }
});

reading("reads pages in their order with one call for a block", () => {
  const { file, reads } = fileOf(BYTES);
  const blocks = readBlocks(file);
  for (let at = 0; at < BYTES.length; at += 4096) blocks.read(new Uint8Array(4096), at);
  assert.equal(reads, [0, 131_072, 262_144]);
});

reading("keeps nothing of a block that could not be read", () => {
  const { file } = fileOf(BYTES);
  let fails = false;
  const blocks = readBlocks({
    ...file,
    read(buffer, at) {
      if (!fails) return file.read(buffer, at);
      buffer.fill(0);
      throw new StorageError("EIO", "read", "file");
    },
  });
  blocks.read(new Uint8Array(10), 0);
  fails = true;
  assert.throws(() => blocks.read(new Uint8Array(10), 200_000), /input\/output error/);
  fails = false;
  const buffer = new Uint8Array(10);
  blocks.read(buffer, 0);
  assert.equal(buffer, BYTES.slice(0, 10));
});

reading.run();
