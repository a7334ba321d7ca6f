// godwit where it cannot share the index of a log with native programs, as on macOS and Windows.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { dispatch } from "../../lib/handler/dispatch.ts";
import type { Verb } from "../../lib/message/verbs.ts";
import type { Reply } from "../../lib/message/any_reply.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { parseMigration } from "../../lib/migration/parse_migration.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { directContext } from "../crash/direct_context.ts";
import { startEngine } from "../crash/engine.ts";
import { PLUGIN } from "../crash/migration_session.ts";
import { migrationFile } from "../support/migration_file.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { bringInto, COMMITTED, createDatabase, filesOf, hasIndex } from "./native_states.ts";

const unshared = suite("without a shared index, a database with a log");
const engine = await startEngine();
engine.plug(nodeStorage({ sharesWalIndex: false, busyTimeoutMs: 200 }));
const parsed = await parseMigration(
  "001_create_votes.sql",
  new TextEncoder().encode(migrationFile(
    "CREATE TABLE votes (quote); INSERT INTO votes SELECT id FROM quotes;",
    "DROP TABLE votes;",
  )),
);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
const { migration } = parsed;

function test(
  title: string,
  check: (path: string, ask: (verb: Verb, body?: object) => Promise<Reply>) => Promise<void>,
): void {
  unshared(title, async () => {
    const directory = Deno.makeTempDirSync({ prefix: "godwit-unshared-" });
    try {
      const path = join(directory, `${PLUGIN}.sqlite3`);
      createDatabase(path, "wal");
      const context = directContext(engine, [migration], path);
      await check(
        path,
        (verb, body = {}) =>
          dispatch(verb, PLUGIN, new TextEncoder().encode(JSON.stringify(body)), context),
      );
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  });
}

for (const state of ["nobody", "killed"] as const) {
  test(`is migrated and has a log again: ${state} has it open`, async (path, ask) => {
    await bringInto(path, state);
    const reply = await ask("apply");
    assert.ok(reply.success, JSON.stringify(reply));
    assert.is(sqliteShell(path, "PRAGMA journal_mode"), "wal");
    assert.is(sqliteShell(path, "SELECT count(*) FROM votes"), String(COMMITTED));
    assert.ok(isIntact(path));
  });
}

test("is not migrated while another program has it open, and says why", async (path, ask) => {
  await using native = await bringInto(path, "idle");
  const before = filesOf(path);
  const reply = await ask("apply");
  if (reply.success) throw new Error("It was migrated");
  assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
  assert.match(reply.message, /another program has it open.*cannot share a write-ahead log/);
  assert.equal(filesOf(path), before);
  assert.ok(hasIndex(path));
  await native?.run("INSERT INTO quotes (body) VALUES ('afterwards')");
  assert.equal(await native?.run("PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
  await native?.kill();
  assert.ok((await ask("apply")).success);
  assert.is(sqliteShell(path, "SELECT count(*) FROM votes"), String(COMMITTED + 1));
});

for (const state of ["nobody", "idle", "reading", "writing", "killed"] as const) {
  test(`is read, and nothing of it changes: ${state}`, async (path, ask) => {
    await using _native = await bringInto(path, state);
    const before = filesOf(path);
    const hadIndex = hasIndex(path);
    {
      using connection = new Connection(engine.sqlite3, {
        kind: "file",
        vfs: engine.vfs,
        path,
        access: "read",
      });
      assert.is(connection.value("SELECT count(*) FROM quotes"), COMMITTED);
    }
    assert.ok((await ask("status")).success);
    const reply = await ask("apply", { dry_run: true });
    if (!("applied_migrations" in reply)) throw new Error(JSON.stringify(reply));
    assert.ok(reply.success);
    assert.equal(filesOf(path), before);
    assert.is(hasIndex(path), hadIndex);
  });
}

unshared.run();
