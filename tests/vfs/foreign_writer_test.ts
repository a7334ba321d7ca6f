// Native SQLite writes to a database while it is open here: nothing that it committed may be lost.

import * as assert from "uvu/assert";
import { join } from "node:path";
import type { Connection } from "../../lib/sqlite/connection.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { openDatabase, startEngine } from "../crash/engine.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";

// With FFI native programs would be kept out.
Deno.permissions.revokeSync({ name: "ffi" });

const foreign = suite("a native writer");
const engine = await startEngine();
engine.plug(nodeStorage());

const CHANGED = /another program has changed the database.*\(ESTALE\)/;

function test(title: string, check: (path: string) => void): void {
  foreign(title, () => {
    const directory = Deno.makeTempDirSync({ prefix: "godwit-foreign-" });
    try {
      check(join(directory, "shared.sqlite3"));
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  });
}

function createWith(path: string, mode: "WAL" | "DELETE"): Connection {
  const connection = openDatabase(engine, path);
  connection.exec(`PRAGMA journal_mode=${mode}; CREATE TABLE t (who TEXT)`);
  connection.exec("INSERT INTO t VALUES ('here, first')");
  return connection;
}

function nativeInsert(path: string): void {
  sqliteShell(path, "INSERT INTO t VALUES ('native')");
}

const ROWS = "SELECT group_concat(who, ' + ') FROM (SELECT who FROM t ORDER BY rowid)";

test("between two transactions with a log stops the next one and keeps both", (path) => {
  {
    using connection = createWith(path, "WAL");
    nativeInsert(path);
    assert.throws(() => connection.exec("INSERT INTO t VALUES ('here, too')"), CHANGED);
    assert.throws(() => connection.exec("INSERT INTO t VALUES ('here, too')"), CHANGED);
  }
  assert.is(sqliteShell(path, "PRAGMA integrity_check"), "ok");
  using again = openDatabase(engine, path);
  assert.is(again.value(ROWS), "here, first + native");
  again.exec("INSERT INTO t VALUES ('here, again')");
  assert.is(again.value("PRAGMA integrity_check"), "ok");
  again.close();
  assert.is(sqliteShell(path, ROWS), "here, first + native + here, again");
});

test("before the database is closed does not lose its log", (path) => {
  {
    using _connection = createWith(path, "WAL");
    nativeInsert(path);
  }
  using again = openDatabase(engine, path);
  assert.is(again.value(ROWS), "here, first + native");
  assert.is(again.value("PRAGMA integrity_check"), "ok");
});

test("between two transactions with a rollback journal stops the next one", (path) => {
  {
    using connection = createWith(path, "DELETE");
    connection.close();
  }
  {
    using connection = openDatabase(engine, path);
    assert.is(connection.value(ROWS), "here, first");
    nativeInsert(path);
    assert.throws(() => connection.exec("INSERT INTO t VALUES ('here, too')"), CHANGED);
  }
  assert.is(sqliteShell(path, ROWS), "here, first + native");
  assert.is(sqliteShell(path, "PRAGMA integrity_check"), "ok");
});

test("that puts another file in the database's place is not overwritten", (path) => {
  const other = `${path}.other`;
  sqliteShell(other, "CREATE TABLE t (who TEXT); INSERT INTO t VALUES ('restored')");
  const restored = Deno.readFileSync(other);
  {
    using connection = createWith(path, "WAL");
    Deno.renameSync(other, path);
    assert.throws(() => connection.exec("INSERT INTO t VALUES ('here, too')"), CHANGED);
  }
  assert.equal(Deno.readFileSync(path), restored);
});

test("is not taken for one where nobody else wrote", (path) => {
  using connection = createWith(path, "WAL");
  for (let row = 0; row < 50; row++) connection.exec("INSERT INTO t VALUES (hex(randomblob(500)))");
  connection.exec("PRAGMA wal_checkpoint; DELETE FROM t; PRAGMA wal_checkpoint(TRUNCATE)");
  connection.exec("PRAGMA journal_mode=DELETE; INSERT INTO t VALUES ('more'); DELETE FROM t");
  connection.exec("PRAGMA journal_mode=WAL; INSERT INTO t VALUES ('most')");
  assert.is(connection.value(ROWS), "most");
});

foreign.run();
