// When a buffered file flushes the one below it.

import * as assert from "uvu/assert";
import { bufferWrites } from "../../lib/vfs/buffer_writes.ts";
import { memoryStorage } from "../../lib/vfs/memory_storage.ts";
import type { StorageFile } from "../../lib/vfs/storage.ts";
import { suite } from "../support/suite.ts";

const buffered = suite("bufferWrites()");

/** A file in memory, and how often it was flushed. */
function counted(): { readonly file: StorageFile; readonly flushes: () => number } {
  const file = memoryStorage().open("/a", { access: "read-write", existence: "create" });
  let count = 0;
  return { file: { ...file, flush: () => void (count += 1) }, flushes: () => count };
}

buffered("flushes a file of its own at first, and then where something was written", () => {
  const { file, flushes } = counted();
  const mine = bufferWrites(file, { isOnlyOurs: true });
  // What a program that was killed had written may not be durable.
  mine.flush();
  assert.is(flushes(), 1);
  mine.flush();
  assert.is(flushes(), 1);
  mine.write(new Uint8Array(8), 0);
  mine.flush();
  assert.is(flushes(), 2);
  mine.truncate(4);
  mine.flush();
  assert.is(flushes(), 3);
});

buffered("flushes one that others write to each time", () => {
  const { file, flushes } = counted();
  const shared = bufferWrites(file);
  shared.flush();
  shared.flush();
  assert.is(flushes(), 2);
});

buffered("flushes again where a flush failed", () => {
  const { file, flushes } = counted();
  let isBroken = true;
  const mine = bufferWrites({
    ...file,
    flush() {
      if (isBroken) throw new Error("EIO");
      file.flush();
    },
  }, { isOnlyOurs: true });
  assert.throws(() => mine.flush(), "EIO");
  isBroken = false;
  mine.flush();
  assert.is(flushes(), 1);
});

buffered.run();
