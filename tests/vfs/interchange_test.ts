// Databases go from native SQLite to godwit's VFS and back, whatever state they are left in.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { openDatabase, startEngine } from "../crash/engine.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";

const interchange = suite("interchange with native SQLite");
const engine = await startEngine();
engine.plug(nodeStorage());

const FILL = `CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT);
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
  INSERT INTO t SELECT i, printf('%0200d', i) FROM n;
  CREATE INDEX t_text ON t (text);`;
const SUM = "SELECT count(*) || ' ' || sum(length(text)) FROM t";

function test(title: string, check: (path: string) => void | Promise<void>): void {
  interchange(title, async () => {
    const directory = Deno.makeTempDirSync({ prefix: "godwit-interchange-" });
    try {
      await check(join(directory, "native.sqlite3"));
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  });
}

/** Reads, writes and closes here, then lets native SQLite judge. */
function readAndWrite(path: string, rows = 500): void {
  {
    using connection = openDatabase(engine, path);
    assert.is(connection.value("PRAGMA integrity_check"), "ok");
    assert.is(connection.value(SUM), `${rows} ${rows * 200}`);
    connection.exec("PRAGMA journal_mode=WAL; DELETE FROM t WHERE id % 2; VACUUM");
    connection.exec("INSERT INTO t SELECT id + 10000, text FROM t");
  }
  assert.ok(isIntact(path));
  assert.is(sqliteShell(path, "SELECT count(*) FROM t"), String(rows));
}

for (const pageBytes of [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]) {
  test(`pages of ${pageBytes} bytes`, (path) => {
    sqliteShell(path, `PRAGMA page_size=${pageBytes}; ${FILL}`);
    readAndWrite(path);
    assert.is(sqliteShell(path, "PRAGMA page_size"), String(pageBytes));
  });
}

for (const mode of ["full", "incremental"]) {
  test(`auto_vacuum=${mode}`, (path) => {
    sqliteShell(path, `PRAGMA auto_vacuum=${mode}; ${FILL}`);
    readAndWrite(path);
  });
}

for (const mode of ["delete", "truncate", "persist", "wal"]) {
  test(`journal_mode=${mode}, closed in order`, (path) => {
    sqliteShell(path, `PRAGMA journal_mode=${mode}; ${FILL}`);
    readAndWrite(path);
  });
}

test("a log that a killed program left behind is recovered", async (path) => {
  await killNative(
    path,
    `PRAGMA journal_mode=WAL; ${FILL} PRAGMA wal_autocheckpoint=0;
    INSERT INTO t SELECT id + 500, text FROM t WHERE id <= 100;
    BEGIN; DELETE FROM t;`,
  );
  assert.ok(sizeOf(`${path}-wal`) > 0);
  readAndWrite(path, 600);
});

test("a rollback journal that a killed program left behind undoes its transaction", async (path) => {
  sqliteShell(path, FILL);
  // A cache of few pages lets the transaction reach the database before it ends.
  await killNative(
    path,
    "PRAGMA cache_size=4; BEGIN; UPDATE t SET text = 'changed' || id; DELETE FROM t WHERE id > 100;",
  );
  assert.ok(sizeOf(`${path}-journal`) > 0);
  readAndWrite(path);
});

test("a journal beside the file that a symbolic link leads to is found", async (path) => {
  sqliteShell(path, FILL);
  await killNative(path, "PRAGMA cache_size=4; BEGIN; UPDATE t SET text = 'changed' || id;");
  assert.ok(sizeOf(`${path}-journal`) > 0);
  Deno.mkdirSync(`${path}.d`);
  Deno.symlinkSync(path, `${path}.d/link.sqlite3`);
  using connection = openDatabase(engine, `${path}.d/link.sqlite3`);
  assert.is(connection.value(SUM), "500 100000");
  assert.is(connection.value("PRAGMA integrity_check"), "ok");
});

test("an empty file is an empty database", (path) => {
  Deno.writeFileSync(path, new Uint8Array(0));
  {
    using connection = openDatabase(engine, path);
    assert.is(connection.value("SELECT count(*) FROM sqlite_schema"), 0);
    connection.exec(FILL);
  }
  assert.ok(isIntact(path));
});

for (const encoding of ["UTF-16le", "UTF-16be"]) {
  test(`${encoding} is refused and left alone`, (path) => {
    sqliteShell(path, `PRAGMA encoding='${encoding}'; ${FILL}`);
    assertRefused(path, /UTF-16|encoding/);
  });
}

test("an encrypted file is refused and left alone", (path) => {
  Deno.writeFileSync(path, crypto.getRandomValues(new Uint8Array(20_480)));
  assertRefused(path, /file is not a database/);
});

test("a file that is something else is refused and left alone", (path) => {
  Deno.writeTextFileSync(path, "These are the quotes of our plugin.\n".repeat(100));
  assertRefused(path, /file is not a database/);
});

test("a file that was cut short is refused or reported as damaged", (path) => {
  sqliteShell(path, FILL);
  Deno.truncateSync(path, sizeOf(path) >> 1);
  assertRefused(path, /malformed/);
});

test("a directory is refused", (path) => {
  Deno.mkdirSync(path);
  assert.throws(() => openDatabase(engine, path), /it is a directory \(EISDIR\)/);
});

test("a pipe is refused, and not waited for", async (path) => {
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  assert.ok(success);
  assert.throws(() => openDatabase(engine, path), /it is a pipe, a socket or a device/);
});

test("a file that may not be read is refused", (path) => {
  assert.throws(
    () => openDatabase(engine, join(path, "below")),
    /there is no such file or directory \(ENOENT\)/,
  );
});

test("a file that may not be written is read", (path) => {
  sqliteShell(path, FILL);
  Deno.chmodSync(path, 0o444);
  using connection = openDatabase(engine, path);
  assert.is(connection.value(SUM), "500 100000");
  assert.throws(() => connection.exec("DELETE FROM t"), /readonly/);
});

function assertRefused(path: string, message: RegExp): void {
  const before = Deno.readFileSync(path);
  assert.throws(() => {
    using connection = openDatabase(engine, path);
    connection.rows("SELECT * FROM sqlite_schema");
    const check = connection.value("PRAGMA integrity_check");
    if (check !== "ok") throw new Error(`malformed: ${check}`);
  }, message);
  assert.equal(Deno.readFileSync(path), before);
}

/** Runs SQL in the shell and kills it with its transaction open. */
async function killNative(path: string, sql: string): Promise<void> {
  const shell = new Deno.Command("sqlite3", {
    args: ["-batch", "-bail", path],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = shell.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${sql}\nSELECT 'done';\n`));
  const decoder = new TextDecoder();
  let said = "";
  for await (const chunk of shell.stdout) {
    said += decoder.decode(chunk);
    if (said.includes("done")) break;
  }
  shell.kill("SIGKILL");
  await shell.status;
  await writer.abort().catch(() => {});
}

function sizeOf(path: string): number {
  return Deno.statSync(path).size;
}

interchange.run();
