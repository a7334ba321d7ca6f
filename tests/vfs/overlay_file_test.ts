// overlayFile(): what a reader writes is laid over a file that stays as it is.

import * as assert from "uvu/assert";
import { overlayFile } from "../../lib/vfs/overlay_file.ts";
import { memoryStorage } from "../../lib/vfs/memory_storage.ts";
import type { StorageFile } from "../../lib/vfs/storage.ts";
import { suite } from "../support/suite.ts";

const overlay = suite("overlayFile()");

const BYTES = Uint8Array.from({ length: 20_000 }, (_, at) => at % 251);

function bytesIn(file: StorageFile): Uint8Array {
  const buffer = new Uint8Array(30_000);
  return buffer.slice(0, file.read(buffer, 0));
}

overlay("reads a file that it has not changed with one call, and does not ask for its size", () => {
  const calls: string[] = [];
  const storage = memoryStorage();
  const base = storage.open("/base", { access: "read-write", existence: "create" });
  base.write(BYTES, 0);
  const file = overlayFile({
    ...base,
    read(buffer, at) {
      calls.push("read");
      return base.read(buffer, at);
    },
    size() {
      calls.push("size");
      return base.size();
    },
  }, () => storage.openTemporary());
  assert.equal(bytesIn(file), BYTES);
  assert.is(file.read(new Uint8Array(10), 20_000), 0);
  assert.equal(calls, ["read", "read"]);
});

overlay("shows what was written and cut, and leaves the file as it is", () => {
  const storage = memoryStorage();
  const base = storage.open("/base", { access: "read-write", existence: "create" });
  base.write(BYTES, 0);
  const file = overlayFile(base, () => storage.openTemporary());
  const expected = BYTES.slice();
  file.write(Uint8Array.of(255, 255), 5_000);
  expected.set([255, 255], 5_000);
  assert.equal(bytesIn(file), expected);
  file.truncate(0);
  assert.is(bytesIn(file).length, 0);
  assert.equal(bytesIn(base), BYTES);
});

overlay.run();
