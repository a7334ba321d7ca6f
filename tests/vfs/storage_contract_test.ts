// What every storage promises, each case against each storage.

import * as assert from "uvu/assert";
import { type OpenMode, StorageError, type StorageFile } from "../../lib/vfs/storage.ts";
import { suite } from "../support/suite.ts";
import { type StorageDirectory, STORAGES } from "./storages.ts";

const CREATE: OpenMode = { access: "read-write", existence: "create" };
const EXISTING: OpenMode = { access: "read-write", existence: "must-exist" };
const EXCLUSIVE: OpenMode = { access: "read-write", existence: "exclusive" };
const READ: OpenMode = { access: "read", existence: "must-exist" };

for (const [name, makeDirectory] of Object.entries(STORAGES)) {
  const storage = suite(`storage contract: ${name}`);
  const test = (title: string, check: (directory: StorageDirectory) => void): void => {
    storage(title, () => {
      using directory = makeDirectory();
      check(directory);
    });
  };

  test("open() refuses a file that must exist and does not", ({ storage, path }) => {
    assert.is(codeOf(() => storage.open(path("a"), EXISTING)), "ENOENT");
    assert.is(codeOf(() => storage.open(path("a"), READ)), "ENOENT");
    assert.is(storage.sizeOf(path("a")), null);
  });

  test("open() with create makes a file once and keeps what is there", ({ storage, path }) => {
    put(storage.open(path("a"), CREATE), "kept");
    const again = storage.open(path("a"), CREATE);
    assert.is(text(again), "kept");
    again.close();
  });

  test("open() with exclusive refuses a file that exists", ({ storage, path }) => {
    storage.open(path("a"), EXCLUSIVE).close();
    assert.is(storage.sizeOf(path("a")), 0);
    assert.is(codeOf(() => storage.open(path("a"), EXCLUSIVE)), "EEXIST");
  });

  test("open() for reading gives a handle that cannot write", ({ storage, path }) => {
    put(storage.open(path("a"), CREATE), "kept");
    const file = storage.open(path("a"), READ);
    assert.throws(() => file.write(bytes("lost"), 0), isStorageError);
    assert.throws(() => file.truncate(0), isStorageError);
    assert.is(text(file), "kept");
    file.close();
  });

  test("read() past the end returns what there is", ({ storage, path }) => {
    const file = storage.open(path("a"), CREATE);
    file.write(bytes("abcdef"), 0);
    const buffer = new Uint8Array(4).fill(0xff);
    assert.is(file.read(buffer, 4), 2);
    assert.equal([...buffer], [101, 102, 0xff, 0xff]);
    assert.is(file.read(buffer, 6), 0);
    assert.is(file.read(buffer, 1_000_000), 0);
    assert.is(file.read(new Uint8Array(0), 0), 0);
    file.close();
  });

  test("write() behind the end fills the hole with zeros", ({ storage, path }) => {
    const file = storage.open(path("a"), CREATE);
    file.write(bytes("a"), 0);
    file.write(bytes("z"), 10_000);
    assert.is(file.size(), 10_001);
    const hole = new Uint8Array(9_999).fill(0xff);
    assert.is(file.read(hole, 1), 9_999);
    assert.ok(hole.every((byte) => byte === 0));
    file.close();
  });

  test("write() across sectors changes its own bytes alone", ({ storage, path }) => {
    const file = storage.open(path("a"), CREATE);
    file.write(new Uint8Array(12_288).fill(1), 0);
    file.write(new Uint8Array(5_000).fill(2), 4_000);
    const all = new Uint8Array(12_288);
    assert.is(file.read(all, 0), 12_288);
    assert.is(all.findIndex((byte) => byte === 2), 4_000);
    assert.is(all.findLastIndex((byte) => byte === 2), 8_999);
    assert.is(all.filter((byte) => byte === 1).length, 7_288);
    file.close();
  });

  test("write() takes the bytes as they are when it is called", ({ storage, path }) => {
    const file = storage.open(path("a"), CREATE);
    const buffer = bytes("before");
    file.write(buffer, 0);
    buffer.fill(0);
    assert.is(text(file), "before");
    file.close();
  });

  test("truncate() cuts, and grows with zeros", ({ storage, path }) => {
    const file = storage.open(path("a"), CREATE);
    file.write(bytes("abcdef"), 0);
    file.truncate(3);
    assert.is(text(file), "abc");
    file.truncate(6);
    assert.is(text(file), "abc\0\0\0");
    file.truncate(0);
    assert.is(file.size(), 0);
    assert.is(storage.sizeOf(path("a")), 0);
    file.close();
  });

  test("delete() leaves open handles usable and frees the name", ({ storage, path }) => {
    const old = storage.open(path("a"), CREATE);
    old.write(bytes("old"), 0);
    storage.delete(path("a"));
    assert.is(storage.sizeOf(path("a")), null);
    const fresh = storage.open(path("a"), EXCLUSIVE);
    fresh.write(bytes("new one"), 0);
    assert.is(text(old), "old");
    assert.is(text(fresh), "new one");
    old.close();
    fresh.close();
  });

  test("delete() refuses a file that is not there", ({ storage, path }) => {
    assert.is(codeOf(() => storage.delete(path("a"))), "ENOENT");
  });

  test("isAccessible() tells files from nothing", ({ storage, path }) => {
    assert.is(storage.isAccessible(path("a"), "read"), false);
    assert.is(storage.isAccessible(path("a"), "read-write"), false);
    storage.open(path("a"), CREATE).close();
    assert.is(storage.isAccessible(path("a"), "read"), true);
    assert.is(storage.isAccessible(path("a"), "read-write"), true);
  });

  test("two handles on one file see each other's writes", ({ storage, path }) => {
    const one = storage.open(path("a"), CREATE);
    const other = storage.open(path("a"), EXISTING);
    one.write(bytes("abc"), 0);
    assert.is(text(other), "abc");
    other.truncate(1);
    assert.is(one.size(), 1);
    one.close();
    assert.is(text(other), "a");
    other.close();
  });

  test("close() twice is harmless, and a closed handle is of no use", ({ storage, path }) => {
    const file = storage.open(path("a"), CREATE);
    file.close();
    file.close();
    // Handles are numbers to the system: a closed one must not reach a file that was opened since.
    const other = storage.open(path("b"), CREATE);
    assert.is(codeOf(() => file.write(bytes("x"), 0)), "EBADF");
    assert.is(codeOf(() => file.read(new Uint8Array(1), 0)), "EBADF");
    assert.is(codeOf(() => file.size()), "EBADF");
    assert.is(codeOf(() => file.truncate(9)), "EBADF");
    assert.is(codeOf(() => file.flush()), "EBADF");
    assert.is(other.size(), 0);
    other.close();
  });

  test("openTemporary() gives files of their own", ({ storage }) => {
    const one = storage.openTemporary();
    const other = storage.openTemporary();
    one.write(bytes("one"), 0);
    assert.is(other.size(), 0);
    assert.is(text(one), "one");
    one.close();
    other.close();
  });

  test("flush() and flushDirectory() keep what is there", ({ storage, path }) => {
    const file = storage.open(path("a"), CREATE);
    file.write(bytes("abc"), 0);
    file.flush();
    storage.flushDirectory(path("a"));
    assert.is(text(file), "abc");
    file.close();
  });

  test("lock() has one owner at a time", ({ storage, path }) => {
    storage.create(path("a"), "delete");
    storage.create(path("b"), "delete");
    const one = storage.openDatabase(path("a"), EXISTING);
    const other = storage.openDatabase(path("a"), EXISTING);
    const elsewhere = storage.openDatabase(path("b"), EXISTING);
    const first = one.lock("write");
    assert.is(first.kind, "acquired");
    assert.is(other.lock("write").kind, "held");
    assert.is(other.lock("read").kind, "held");
    assert.is(elsewhere.lock("write").kind, "acquired");
    if (first.kind !== "acquired") return;
    first.release();
    assert.is(other.lock("write").kind, "acquired");
    for (const file of [other, one, elsewhere]) file.close();
  });

  test("close() releases the lock", ({ storage, path }) => {
    storage.create(path("a"), "delete");
    const one = storage.openDatabase(path("a"), EXISTING);
    assert.is(one.lock("write").kind, "acquired");
    one.close();
    const other = storage.openDatabase(path("a"), EXISTING);
    assert.is(other.lock("read").kind, "acquired");
    other.close();
  });

  test("rename() moves a file to another name", ({ storage, path }) => {
    put(storage.open(path("a"), CREATE), "kept");
    storage.rename(path("a"), path("b"));
    assert.is(storage.sizeOf(path("a")), null);
    assert.is(text(storage.open(path("b"), READ)), "kept");
  });

  test("names may have spaces and any letters", ({ storage, path }) => {
    for (const odd of ["with space", "Häßliche Ünïcode-Näme", "数据库", "🦆", "per%cent?a=b#c"]) {
      put(storage.open(path(odd), CREATE), odd);
      const file = storage.open(path(odd), READ);
      assert.is(text(file), odd);
      file.close();
      storage.delete(path(odd));
    }
  });

  test("resolve() gives one file one name", ({ storage, path }) => {
    const name = storage.resolve(path("a"));
    assert.is(storage.resolve(path("./x/../a")), name);
    assert.is(storage.resolve(name), name);
    assert.ok(name.startsWith("/"));
    assert.ok(storage.resolve("relative/a").endsWith("/relative/a"));
  });

  storage.run();
}

function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

function text(file: StorageFile): string {
  const buffer = new Uint8Array(file.size());
  assert.is(file.read(buffer, 0), buffer.length);
  return new TextDecoder().decode(buffer);
}

function put(file: StorageFile, content: string): void {
  file.write(bytes(content), 0);
  file.close();
}

function isStorageError(error: unknown): boolean {
  return error instanceof StorageError;
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof StorageError) return error.code;
    throw error;
  }
  return "no error";
}
