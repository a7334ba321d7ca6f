// What other programs leave beside a database, or change while godwit waits for it.

import * as assert from "uvu/assert";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { OpenFiles } from "../../lib/vfs/open_files.ts";
import { startEngine } from "../crash/engine.ts";
import { migrationFile } from "../support/migration_file.ts";
import { holdNatively } from "../support/native_holder.ts";
import { NativeProgram } from "../support/native_program.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { bringInto, createDatabase, filesOf } from "./native_states.ts";

const left = suite("files and changes of other programs");

const VOTES = { "001_votes.sql": migrationFile("CREATE TABLE votes (a);", "DROP TABLE votes;") };

function test(title: string, check: (workspace: Workspace, path: string) => Promise<void>): void {
  left(title, async () => {
    await using workspace = new Workspace();
    workspace.write("quotes", VOTES);
    Deno.mkdirSync(workspace.dataDir);
    await check(workspace, workspace.database("quotes"));
  });
}

test("a super-journal stays while a database is read", async (_workspace, path) => {
  // A transaction over several databases ends with it: without it, SQLite takes the journals that name
  // it for those of a transaction that was committed.
  createDatabase(path, "delete");
  const superJournal = `${path}-mj0123456789`;
  Deno.writeTextFileSync(superJournal, `${path}-journal\0${path}.other-journal\0`);
  const engine = await startEngine();
  const files = new OpenFiles(engine.sqlite3, nodeStorage());
  const { SQLITE_OPEN_MAIN_DB, SQLITE_OPEN_READWRITE } = engine.sqlite3.capi;
  files.open(1, path, "read", SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE);
  files.viewOf(superJournal).delete(superJournal);
  assert.is(files.viewOf(superJournal).sizeOf(superJournal), null);
  assert.ok(Deno.statSync(superJournal).isFile);
  files.close(1);
});

for (const [from, to] of [["delete", "wal"], ["wal", "delete"]] as const) {
  test(
    `a switch from ${from} to ${to} while an apply waits is noticed`,
    async (workspace, path) => {
      createDatabase(path, from);
      await using native = new NativeProgram(path);
      await native.run("PRAGMA busy_timeout=10000");
      await native.run("BEGIN IMMEDIATE");
      await native.run("INSERT INTO quotes (body) VALUES ('waiting')");
      const applied = workspace.ask("apply", "quotes");
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await native.run("COMMIT");
      // SQLite refuses to give up a log that another connection has open, such as one that waits.
      await native.try(`PRAGMA journal_mode=${to}`);
      for (let round = 0; round < 20; round++) {
        await native.try(`INSERT INTO quotes (body) VALUES ('round ${round}')`);
      }
      const reply = await applied;
      assert.ok(reply.success, JSON.stringify(reply));
      await native.run("INSERT INTO votes VALUES (1)");
      const [count] = await native.run("SELECT count(*) AS n FROM quotes");
      await native.kill();
      assert.ok(isIntact(path));
      assert.is(sqliteShell(path, "SELECT count(*) FROM quotes"), String(count?.n));
      assert.is(sqliteShell(path, "SELECT count(*) FROM votes"), "1");
      assert.ok([from, to].some((mode) => mode === sqliteShell(path, "PRAGMA journal_mode")));
    },
  );
}

test("an index that cannot be opened leaves no lock behind", async (workspace, path) => {
  createDatabase(path, "wal");
  await using native = new NativeProgram(path);
  await native.run("INSERT INTO quotes (body) VALUES ('before')");
  Deno.chmodSync(`${path}-shm`, 0o444);
  assert.is((await workspace.refused("apply", "quotes")).error_code, "DATABASE_UNAVAILABLE");
  await native.run("INSERT INTO quotes (body) VALUES ('after')");
  assert.is((await workspace.status("quotes")).current_version, 0);
  await native.run("INSERT INTO quotes (body) VALUES ('at the end')");
});

test("a log beside an empty file stays", async (workspace, path) => {
  createDatabase(path, "wal");
  await bringInto(path, "killed");
  Deno.truncateSync(path);
  const before = filesOf(path);
  await workspace.status("quotes");
  assert.equal(filesOf(path), before);
});

test("a lock of an exclusive owner is respected", async (workspace, path) => {
  createDatabase(path, "delete");
  await using _holder = await holdNatively(path, "exclusive transaction");
  await using impatient = new Workspace({ busyTimeoutMs: 50 });
  impatient.write("quotes", VOTES);
  Deno.mkdirSync(impatient.dataDir);
  Deno.symlinkSync(path, impatient.database("quotes"));
  assert.is((await impatient.refused("apply", "quotes")).error_code, "DATABASE_UNAVAILABLE");
  assert.ok(workspace.dataDir !== impatient.dataDir);
});

test("the lock file has the database's owner and mode", async (workspace, path) => {
  createDatabase(path, "delete");
  Deno.chmodSync(path, 0o600);
  if (Deno.uid() === 0) Deno.chownSync(path, 65_534, 65_534);
  await workspace.status("quotes");
  const [database, lock] = [Deno.statSync(path), Deno.statSync(`${path}-lock`)];
  assert.equal([lock.uid, lock.gid, (lock.mode ?? 0) & 0o777], [
    database.uid,
    database.gid,
    0o600,
  ]);
});

left.run();
