// Connection: hardened, released when it fails, and its errors are values with codes.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { quoteIdentifier } from "../../lib/sqlite/quote.ts";
import { adviseOn, isUnavailable, SqliteError } from "../../lib/sqlite/sqlite_error.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { installVfs } from "../../lib/vfs/install_vfs.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { forAll } from "../support/random.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const connections = suite("Connection");
const sqlite3 = await loadSqlite(sqliteModule);
const vfs = installVfs(sqlite3, nodeStorage(), "connection-test");

connections("throws SqliteError with SQLite's code and message", () => {
  using connection = new Connection(sqlite3, { kind: "memory" });
  try {
    connection.exec("CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1), (1)");
    assert.unreachable();
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    assert.equal(error.failure, {
      code: "SQLITE_CONSTRAINT_UNIQUE",
      message: "UNIQUE constraint failed: t.a",
      offset: null,
    });
  }
});

connections("does not let SQL write to the schema", () => {
  using connection = new Connection(sqlite3, { kind: "memory" });
  connection.exec("CREATE TABLE t (a); PRAGMA writable_schema = ON");
  assert.throws(() => connection.exec("DELETE FROM sqlite_schema"), /may not be modified/);
});

connections("that cannot be opened leaves the file unlocked", async () => {
  await using workspace = new Workspace();
  const path = join(workspace.root, "x.sqlite3");
  Deno.writeTextFileSync(path, "not a database ".repeat(100));
  const open = () =>
    new Connection(sqlite3, { kind: "file", vfs, path, access: "create" })
      .value("SELECT count(*) FROM sqlite_schema");
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      open();
      assert.unreachable();
    } catch (error) {
      if (!(error instanceof SqliteError)) throw error;
      assert.is(error.failure.code, "SQLITE_NOTADB");
    }
  }
});

connections("that was closed is read by the native shell", async () => {
  await using workspace = new Workspace();
  const path = join(workspace.root, "x.sqlite3");
  {
    using connection = new Connection(sqlite3, { kind: "file", vfs, path, access: "create" });
    connection.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (42)");
  }
  assert.is(sqliteShell(path, "SELECT a FROM t"), "42");
});

connections("quoteIdentifier() quotes any name", async () => {
  using connection = new Connection(sqlite3, { kind: "memory" });
  await forAll(200, (random) => {
    const name = random.list(
      1,
      8,
      () => random.pick(['"', "'", "a", ";", "]", "`", "é", "--", " "]),
    )
      .join("");
    const [row] = connection.rows(`SELECT 1 AS ${quoteIdentifier(name)}`);
    assert.equal(Object.keys(row ?? {}), [name]);
  });
});

connections("isUnavailable() and adviseOn() tell the disk's fault from the SQL's", () => {
  for (
    const code of ["SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_BUSY_SNAPSHOT", "SQLITE_NOTADB"]
  ) {
    assert.ok(isUnavailable(code), code);
  }
  for (const code of ["SQLITE_ERROR", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_INTERRUPT"]) {
    assert.not.ok(isUnavailable(code), code);
  }
  const failure = { code: "SQLITE_FULL", message: "database or disk is full", offset: null };
  assert.is(adviseOn(failure), "database or disk is full; make room on the disk and try again");
  assert.is(adviseOn({ ...failure, code: "SQLITE_ERROR", message: "no" }), "no");
});

connections.run();
