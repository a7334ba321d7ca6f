// One owner per database: other processes and native SQLite get an answer, and the dead hold nothing.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { openDatabase, startEngine } from "../crash/engine.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";

const locks = suite("database locks");
const engine = await startEngine();
engine.plug(nodeStorage());
const other = await startEngine();
other.plug(nodeStorage());

function test(title: string, check: (path: string) => void | Promise<void>): void {
  locks(title, async () => {
    const directory = Deno.makeTempDirSync({ prefix: "godwit-lock-" });
    try {
      const path = join(directory, "locked.sqlite3");
      sqliteShell(path, "PRAGMA journal_mode=WAL; CREATE TABLE t (who TEXT)");
      await check(path);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  });
}

const COUNT = "SELECT count(*) FROM t";

test("exclude a second connection until the first is closed", (path) => {
  const first = openDatabase(engine, path);
  first.exec("INSERT INTO t VALUES ('first')");
  assert.throws(() => count(path), /locked.*another process/);
  first.close();
  assert.is(count(path), 1);
});

test("exclude another process, and go with it when it is killed", async (path) => {
  await using holder = await start(
    ["deno", "run", "--no-prompt", "--no-check", "--allow-read", "--allow-write"],
    [new URL("./hold_database.ts", import.meta.url).pathname, path],
    null,
  );
  assert.throws(() => count(path), /locked/);
  await holder.kill();
  assert.is(count(path), 1);
});

test("keep native SQLite out where FFI is allowed", (path) => {
  {
    using connection = openDatabase(engine, path);
    connection.exec("INSERT INTO t VALUES ('here')");
    assert.throws(() => sqliteShell(path, "INSERT INTO t VALUES ('native')"), /locked/);
    assert.throws(() => sqliteShell(path, COUNT), /locked/);
  }
  sqliteShell(path, "INSERT INTO t VALUES ('native')");
  assert.is(sqliteShell(path, COUNT), "2");
});

test("respect a native program, by its process, until it is killed", async (path) => {
  await using native = await start(
    ["sqlite3", "-batch", path],
    [],
    "BEGIN IMMEDIATE; INSERT INTO t VALUES ('native'); SELECT 'held';\n",
  );
  assert.throws(() => count(path), new RegExp(`locked.*process ${native.processId}`));
  await native.kill();
  assert.is(count(path), 0);
});

function count(path: string): unknown {
  using connection = openDatabase(other, path);
  return connection.value(COUNT);
}

/** Starts a program and waits until it says "held". */
async function start(
  [program = "", ...options]: readonly string[],
  args: readonly string[],
  input: string | null,
): Promise<AsyncDisposable & { readonly processId: number; kill(): Promise<void> }> {
  const child = new Deno.Command(program, {
    args: [...options, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  if (input !== null) await writer.write(new TextEncoder().encode(input));
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  assert.match(new TextDecoder().decode(value), "held");
  let alive = true;
  const kill = async (): Promise<void> => {
    if (!alive) return;
    alive = false;
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    await writer.abort().catch(() => {});
  };
  return { processId: child.pid, kill, [Symbol.asyncDispose]: kill };
}

locks.run();
