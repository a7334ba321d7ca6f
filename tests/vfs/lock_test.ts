// The locks of a database: one connection of this VFS at a time, native programs beside it, and
// nothing held by the dead.

import * as assert from "uvu/assert";
import { join } from "node:path";
import type { DatabaseFile } from "../../lib/vfs/storage.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { openDatabase, startEngine } from "../crash/engine.ts";
import { holdNatively } from "../support/native_holder.ts";
import { NativeProgram } from "../support/native_program.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";

const locks = suite("database locks");
const engine = await startEngine();
engine.plug(nodeStorage({ busyTimeoutMs: 100 }));
const other = await startEngine();
other.plug(nodeStorage({ busyTimeoutMs: 100 }));

const MODES = ["wal", "delete"] as const;
const COUNT = "SELECT count(*) FROM t";

for (const mode of MODES) {
  const test = (title: string, check: (path: string) => void | Promise<void>): void => {
    locks(`${mode}: ${title}`, async () => {
      const directory = Deno.makeTempDirSync({ prefix: "godwit-lock-" });
      try {
        const path = join(directory, "locked.sqlite3");
        sqliteShell(path, `PRAGMA journal_mode=${mode}; CREATE TABLE t (who TEXT)`);
        await check(path);
      } finally {
        Deno.removeSync(directory, { recursive: true });
      }
    });
  };

  test("exclude a second connection until the first is closed", (path) => {
    const first = openDatabase(engine, path);
    first.exec("INSERT INTO t VALUES ('first')");
    assert.throws(() => count(path), /locked.*another thread or process of godwit has it/);
    first.close();
    assert.is(count(path), 1);
  });

  test("exclude another process, and go with it when it is killed", async (path) => {
    await using holder = await holdHere(path);
    assert.throws(() => count(path), /locked/);
    await holder.kill();
    assert.is(count(path), 1);
  });

  test("keep native writers out", (path) => {
    {
      using connection = openDatabase(engine, path);
      connection.exec("INSERT INTO t VALUES ('here')");
      assert.throws(() => sqliteShell(path, "INSERT INTO t VALUES ('native')"), /locked/);
      if (mode === "wal") assert.is(sqliteShell(path, COUNT), "1");
      else assert.throws(() => sqliteShell(path, COUNT), /locked/);
    }
    sqliteShell(path, "INSERT INTO t VALUES ('native')");
    assert.is(sqliteShell(path, COUNT), "2");
  });

  test("respect a native writer until it is killed", async (path) => {
    const holder = await holdNatively(path, "write transaction");
    assert.throws(() => count(path), /locked.*another program was reading or writing it/);
    await holder[Symbol.asyncDispose]();
    assert.is(count(path), 0);
  });

  test("stay while a second connection is opened and closed", (path) => {
    // Closing any descriptor of a file drops the POSIX locks of the whole process on it.
    using connection = openDatabase(engine, path);
    connection.exec("INSERT INTO t VALUES ('here')");
    for (let round = 0; round < 3; round++) assert.throws(() => count(path), /locked/);
    assert.throws(() => sqliteShell(path, "INSERT INTO t VALUES ('native')"), /locked/);
    connection.exec("INSERT INTO t VALUES ('here, too')");
    connection.close();
    assert.is(sqliteShell(path, COUNT), "2");
  });

  test("let an idle native connection see what was committed, and write after it", async (path) => {
    await using native = new NativeProgram(path);
    await native.run("INSERT INTO t VALUES ('native')");
    {
      using connection = openDatabase(engine, path);
      connection.exec(
        "INSERT INTO t VALUES ('here'); CREATE TABLE u (a); INSERT INTO u VALUES (1)",
      );
    }
    assert.equal(await native.run("SELECT (SELECT count(*) FROM t) AS t, a FROM u"), [{
      t: 2,
      a: 1,
    }]);
    await native.run("INSERT INTO u VALUES (2)");
    await native.kill();
    assert.ok(isIntact(path));
    assert.is(sqliteShell(path, "SELECT sum(a) FROM u"), "3");
  });

  test("begin with the first page and stay until the connection is closed", (path) => {
    // In between another program could change the journal mode, which decides how they are taken.
    const changes: string[] = [];
    const storage = nodeStorage({ busyTimeoutMs: 100 });
    other.plug({
      ...storage,
      openDatabase: (...opened) => watched(storage.openDatabase(...opened)),
    });
    const watched = (file: DatabaseFile): DatabaseFile => ({
      ...file,
      lock(access) {
        changes.push("taken");
        const lock = file.lock(access);
        if (lock.kind === "held") return lock;
        return {
          ...lock,
          release() {
            changes.push("released");
            lock.release();
          },
        };
      },
    });
    try {
      using connection = openDatabase(other, path);
      connection.exec("INSERT INTO t VALUES ('here')");
      assert.equal(changes, ["taken"]);
    } finally {
      other.plug(storage);
    }
  });

  test("end for a moment between transactions of a kept connection", async (path) => {
    if (mode === "wal") return;
    await using native = new NativeProgram(path);
    using connection = openDatabase(engine, path);
    connection.exec("PRAGMA locking_mode=NORMAL");
    for (let row = 0; row < 5; row++) {
      connection.exec("INSERT INTO t VALUES ('here')");
      await native.run("INSERT INTO t VALUES ('native')");
    }
    assert.is(connection.value(COUNT), 10);
  });
}

function count(path: string): unknown {
  using connection = openDatabase(other, path);
  return connection.value(COUNT);
}

/** Starts a process that holds the database through this VFS. */
async function holdHere(path: string): Promise<AsyncDisposable & { kill(): Promise<void> }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--allow-read",
      "--allow-write",
      new URL("./hold_database.ts", import.meta.url).pathname,
      path,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  assert.match(new TextDecoder().decode(value), "held");
  let isAlive = true;
  const kill = async (): Promise<void> => {
    if (!isAlive) return;
    isAlive = false;
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
  };
  return { kill, [Symbol.asyncDispose]: kill };
}

locks.run();
