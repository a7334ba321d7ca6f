// The disk fails while a commit is written back to the wal-index that native programs map, or while that
// index grows: the reply says what is known, and native programs go on.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { dispatch } from "../../lib/handler/dispatch.ts";
import type { Verb } from "../../lib/message/verbs.ts";
import type { Reply } from "../../lib/message/any_reply.ts";
import { parseMigration } from "../../lib/migration/parse_migration.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { SqliteError } from "../../lib/sqlite/sqlite_error.ts";
import { directContext } from "../crash/direct_context.ts";
import { openDatabase, startEngine } from "../crash/engine.ts";
import { PLUGIN } from "../crash/migration_session.ts";
import { type Fault, faultStorage } from "../support/fault_storage.ts";
import { migrationFile } from "../support/migration_file.ts";
import { NativeProgram } from "../support/native_program.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";

const writeBack = suite("the wal-index that cannot be written");
const engine = await startEngine();

const SMALL = "CREATE TABLE votes (a); INSERT INTO votes VALUES (1);";
// With pages of 512 bytes, more frames than the first region of the index has room for.
const LARGE = `CREATE TABLE votes (a); INSERT INTO votes WITH RECURSIVE n(i) AS
  (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) SELECT zeroblob(400) FROM n;`;

const EIO: Fault = { code: "EIO", effect: "none" };
const TORN: Fault = { code: "EIO", effect: "half-done" };
const FULL: Fault = { code: "ENOSPC", effect: "half-done" };

/** A database with a log that a native program has open, or none has. */
async function withDatabase(
  native: "idle" | "alone",
  up: string,
  check: (database: Tried) => Promise<void>,
): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "godwit-index-" });
  try {
    const path = join(directory, `${PLUGIN}.sqlite3`);
    sqliteShell(path, "PRAGMA page_size=512; PRAGMA journal_mode=WAL; CREATE TABLE quotes (body)");
    await using program = native === "idle" ? new NativeProgram(path) : null;
    await program?.run("INSERT INTO quotes VALUES ('before')");
    const file = "001_create_votes.sql";
    const text = new TextEncoder().encode(migrationFile(up, "DROP TABLE votes;"));
    const parsed = await parseMigration(file, text);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
    const context = directContext(engine, [parsed.migration], path);
    await check({
      path,
      ask: (verb) => dispatch(verb, PLUGIN, new Uint8Array(), context),
      run: async (sql) => {
        if (program === null) return sqliteShell(path, sql);
        const [row = {}] = await program.run(sql);
        return Object.values(row).join();
      },
    });
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

interface Tried {
  readonly path: string;
  readonly ask: (verb: Verb) => Promise<Reply>;
  /** Runs a statement natively and returns the row that it gives, if any. */
  readonly run: (sql: string) => Promise<string>;
}

/** Applies while the `at`th write to the index fails; `null` where there are not so many. */
async function applyWithFault(
  { ask }: Pick<Tried, "ask">,
  at: number,
  fault: Fault,
): Promise<Reply | null> {
  let writes = 0;
  engine.plug(faultStorage(nodeStorage(), ({ kind, path }) => {
    return kind === "write" && path.endsWith("-shm") && ++writes === at ? fault : null;
  }));
  const reply = await ask("apply");
  engine.plug(nodeStorage({ busyTimeoutMs: 500 }));
  return writes < at ? null : reply;
}

for (const native of ["idle", "alone"] as const) {
  for (const [name, fault] of [["not", EIO], ["in part", TORN]] as const) {
    writeBack(`leaves a commit undecided, ${native}: each write is done ${name}`, async () => {
      let failures = 0;
      for (let at = 1, isOver = false; !isOver; at++) {
        await withDatabase(native, SMALL, async (tried) => {
          const reply = await applyWithFault(tried, at, fault);
          if (reply === null) {
            isOver = true;
            return;
          }
          failures += 1;
          if (reply.success) throw new Error(`Write ${at} failed, and apply succeeded`);
          assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
          assert.match(reply.message, /may or may not have been kept.*\(EIO\)/);
          await goOn(tried);
        });
      }
      // The hash tables, then both copies of the header.
      assert.is(failures, 3);
    });
  }

  writeBack(`fails cleanly where the index finds no room to grow, ${native}`, async () => {
    await withDatabase(native, LARGE, async (tried) => {
      const reply = await applyWithFault(tried, 1, FULL);
      if (reply === null || reply.success) throw new Error("The index did not grow");
      assert.match(reply.message, /was undone.*\(ENOSPC\)/);
      assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
      assert.throws(() => sqliteShell(tried.path, "SELECT 1 FROM votes"), /no such table/);
      await goOn(tried);
    });
  });
}

writeBack("fails commit(), and every transaction of the connection after it", async () => {
  await withDatabase("idle", SMALL, async ({ path, run }) => {
    engine.plug(faultStorage(nodeStorage(), (operation) => {
      return operation.kind === "write" && operation.path.endsWith("-shm") ? EIO : null;
    }));
    {
      using connection = openDatabase(engine, path);
      connection.begin();
      connection.exec("INSERT INTO quotes VALUES ('undecided')");
      assert.throws(() => connection.commit(), /library\.sqlite3-shm.*\(EIO\)/);
      // With SQLITE_PROTOCOL it would have tried for ten seconds.
      assert.is(codeOf(() => connection.begin()), "SQLITE_IOERR_SHMLOCK");
    }
    await run("INSERT INTO quotes VALUES ('after')");
    assert.is(await run("SELECT count(*) FROM quotes WHERE body = 'after'"), "1");
    assert.is(await run("PRAGMA integrity_check"), "ok");
  });
});

function codeOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    if (error instanceof SqliteError) return error.failure.code;
    throw error;
  }
  return "no error";
}

/** Native programs read and write, and the next requests work. */
async function goOn({ path, ask, run }: Tried): Promise<void> {
  await run("INSERT INTO quotes VALUES ('after')");
  assert.is(await run("PRAGMA integrity_check"), "ok");
  assert.ok((await ask("status")).success);
  assert.ok((await ask("apply")).success);
  await run("INSERT INTO votes VALUES (2)");
  assert.is(await run("SELECT count(*) FROM quotes WHERE body = 'after'"), "1");
  assert.is(await run("PRAGMA integrity_check"), "ok");
  assert.ok(isIntact(path));
  const status = await ask("status");
  assert.is("current_version" in status && status.current_version, 1);
}

writeBack.run();
