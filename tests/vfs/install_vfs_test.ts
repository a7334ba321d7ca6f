// What SQLite meets under it on a real file system: paths, sizes, temporary files, failures.

import * as assert from "uvu/assert";
import { join } from "node:path";
import type { Connection } from "../../lib/sqlite/connection.ts";
import { uriOf } from "../../lib/sqlite/database_location.ts";
import { SqliteError } from "../../lib/sqlite/sqlite_error.ts";
import { faultStorage, type StorageOperation } from "../support/fault_storage.ts";
import { memoryStorage } from "../../lib/vfs/memory_storage.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { simulatedDisk } from "../support/simulated_disk.ts";
import { openDatabase, startEngine } from "../crash/engine.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";

const vfs = suite("installVfs()");
const engine = await startEngine();

function test(title: string, check: (directory: string) => void): void {
  vfs(title, () => {
    const directory = Deno.makeTempDirSync({ prefix: "godwit-vfs-" });
    engine.plug(nodeStorage());
    try {
      check(directory);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  });
}

function fill(connection: Connection): void {
  connection.exec("PRAGMA journal_mode=WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)");
}

for (
  const name of ["with space.db", "Zugvögel-数据-🦆.db", "percent%20?and=#.db", "x".repeat(240)]
) {
  test(`opens ${name.slice(0, 30)}`, (directory) => {
    const path = join(directory, name);
    {
      using connection = openDatabase(engine, path);
      fill(connection);
    }
    assert.ok(isIntact(path));
    const names = [...Deno.readDirSync(directory)].map((entry) => entry.name).sort();
    assert.equal(names, [name, `${name}-lock`]);
  });
}

test("makes a new database without a lock", (directory) => {
  const [path, copy] = [join(directory, "a.db"), join(directory, "copy.db")];
  {
    using connection = openDatabase(engine, path);
    fill(connection);
    connection.rows("VACUUM INTO ?", [uriOf(copy, "new")]);
  }
  assert.ok(isIntact(copy));
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
  assert.equal(names, ["a.db", "a.db-lock", "copy.db"]);
});

test("opens relative paths and paths with dots", (directory) => {
  const before = Deno.cwd();
  Deno.chdir(directory);
  try {
    Deno.mkdirSync("deep/er", { recursive: true });
    {
      using connection = openDatabase(engine, "deep/./er/../relative.db");
      fill(connection);
    }
    assert.ok(isIntact(join(directory, "deep/relative.db")));
  } finally {
    Deno.chdir(before);
  }
});

test("opens a path of hundreds of bytes, and refuses one that native SQLite cannot open", (directory) => {
  const open = (letters: string): string => {
    const deep = join(directory, ...letters.split("").map((letter) => letter.repeat(200)));
    Deno.mkdirSync(deep, { recursive: true });
    return join(deep, "far.db");
  };
  const path = open("ab");
  {
    using connection = openDatabase(engine, path);
    fill(connection);
  }
  assert.is(sqliteShell(path, "PRAGMA integrity_check; SELECT sum(a) FROM t"), "ok\n3");
  assert.throws(() => openDatabase(engine, open("cdefghij")), /length of its path \(ECANTOPEN\)/);
  const tooLong = join(directory, ...Array.from({ length: 30 }, () => "z".repeat(200)));
  assert.throws(() => openDatabase(engine, tooLong), /unable to open|ENAMETOOLONG/);
});

test("leaves no temporary file behind, nor a name while one is in use", (directory) => {
  const before = temporaryFiles();
  {
    using connection = openDatabase(engine, join(directory, "sorts.db"));
    connection.exec("PRAGMA temp_store=FILE; PRAGMA cache_size=10; CREATE TABLE t (a)");
    connection.exec(`CREATE TEMP TABLE many AS WITH RECURSIVE n(i) AS
      (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i, hex(randomblob(50)) b FROM n`);
    assert.is(connection.value("SELECT count(*) FROM (SELECT b FROM many ORDER BY b)"), 20000);
    assert.equal(temporaryFiles(), before);
  }
  assert.equal(temporaryFiles(), before);
});

test("reads and writes beyond 4 GiB", (directory) => {
  const path = join(directory, "large.db");
  sqliteShell(path, "PRAGMA page_size=4096; CREATE TABLE t (a); INSERT INTO t VALUES (0)");
  // The pages in between are never used; the file is sparse and takes next to no room.
  const pages = 5 * 2 ** 30 / 4096;
  growTo(path, pages);
  {
    using connection = openDatabase(engine, path);
    connection.exec("PRAGMA journal_mode=WAL");
    connection.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
      INSERT INTO t SELECT printf('%01000d', i) FROM n`);
    assert.ok(connection.integer("PRAGMA page_count") > pages);
  }
  assert.ok(Deno.statSync(path).size > 5 * 2 ** 30);
  const sum = "SELECT count(*) || ' ' || sum(a) FROM t";
  assert.is(sqliteShell(path, sum), "101 5050");
  using connection = openDatabase(engine, path);
  assert.is(connection.value("SELECT sum(a) FROM t"), 5050);
});

for (
  const [code, kind, expected] of [
    ["ENOSPC", "write", /SQLITE_FULL.*no space is left on the disk \(ENOSPC\)/],
    ["EIO", "write", /SQLITE_IOERR_(WRITE|FSYNC).*write.*input\/output error \(EIO\)/],
    ["EIO", "flush", /SQLITE_IOERR_FSYNC.*input\/output error \(EIO\)/],
    ["EIO", "read", /SQLITE_IOERR.*input\/output error \(EIO\)/],
    ["EACCES", "open", /SQLITE_CANTOPEN.*permission denied \(EACCES\)/],
    ["EMFILE", "open", /SQLITE_CANTOPEN.*too many open files \(EMFILE\)/],
    ["EIO", "flush-directory", /SQLITE_IOERR_FSYNC.*flush-directory.*\(EIO\)/],
  ] as const
) {
  test(`says why ${kind} failed with ${code}`, () => {
    let isBroken = false;
    engine.plug(
      faultStorage(
        memoryStorage(),
        (operation: StorageOperation) =>
          isBroken && operation.kind === kind ? { code, effect: "none" } : null,
      ),
    );
    {
      using connection = openDatabase(engine, "/data/a.db");
      fill(connection);
    }
    isBroken = true;
    assert.throws(
      () => {
        using connection = openDatabase(engine, "/data/a.db");
        connection.exec("PRAGMA synchronous=FULL; INSERT INTO t VALUES (3)");
      },
      (error: unknown) =>
        error instanceof SqliteError && expected.test(`${error.failure.code} ${error.message}`),
    );
    isBroken = false;
    using connection = openDatabase(engine, "/data/a.db");
    assert.is(connection.value("PRAGMA integrity_check"), "ok");
    connection.exec("INSERT INTO t VALUES (4)");
  });
}

test("makes a new database's name durable before the first commit returns", () => {
  const disk = simulatedDisk();
  engine.plug(disk.storage);
  using connection = openDatabase(engine, "/data/new.db");
  connection.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (a)");
  const commit = disk.operations.length;
  connection.exec("INSERT INTO t VALUES (1)");
  const created = disk.operations.findIndex((each) => each.kind === "create");
  const flushed = disk.operations.findLastIndex((each) => each.kind === "flush-directory");
  assert.ok(created >= 0 && created < flushed && flushed < commit);
  assert.is(disk.operations.at(-1)?.kind, "flush");
});

function growTo(path: string, pages: number): void {
  using file = Deno.openSync(path, { read: true, write: true });
  // The header counts the pages: https://sqlite.org/fileformat2.html#in_header_database_size
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, pages);
  file.seekSync(28, Deno.SeekMode.Start);
  file.writeSync(count);
  file.truncateSync(pages * 4096);
}

function temporaryFiles(): readonly string[] {
  const directory = Deno.env.get("TMPDIR") ?? "/tmp";
  // Other tests have directories of their own there.
  return [...Deno.readDirSync(directory)].filter((entry) => entry.isFile).map(({ name }) => name)
    .filter((name) => name.startsWith("godwit-")).sort();
}

vfs.run();
