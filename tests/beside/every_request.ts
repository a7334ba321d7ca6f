// godwit beside a native program that has the same database: every request, in every state of the
// program, in both journal modes. docs/OPERATIONS.md shows the table.

import * as assert from "uvu/assert";
import type { Reply } from "../../lib/message/any_reply.ts";
import { PermittedMigrator } from "../support/permitted_migrator.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { type Answer, EXPECTED, REQUESTS, type TriedRequest } from "./expected_answers.ts";
import {
  bringInto,
  COMMITTED,
  createDatabase,
  filesOf,
  hasIndex,
  JOURNAL_MODES,
  type JournalMode,
  NATIVE_STATES,
  type NativeState,
} from "./native_states.ts";

const MIGRATIONS = {
  "001_create_votes.sql":
    "-- UP\nCREATE TABLE votes (quote INTEGER, vote INTEGER);\n-- DOWN\nDROP TABLE votes;\n",
  "002_index_quotes.sql":
    "-- UP\nCREATE INDEX quotes_body ON quotes (body);\n-- DOWN\nDROP INDEX quotes_body;\n",
};
const LATEST = 2;

/** Makes the suite for a godwit with these permissions, and runs it. */
export function tryEveryRequest(
  title: string,
  permissions: readonly string[],
  states: readonly NativeState[] = NATIVE_STATES,
): void {
  const beside = suite(title);
  let migrator: PermittedMigrator | null = null;
  beside.before(() => {
    migrator = new PermittedMigrator(permissions);
  });
  beside.after(() => migrator?.[Symbol.asyncDispose]());
  for (const mode of JOURNAL_MODES) {
    for (const state of states) {
      for (const [name, request] of Object.entries(REQUESTS)) {
        const expected = EXPECTED[mode][state][name];
        beside(`${mode}, ${state}: ${name} ${expected}`, async () => {
          if (migrator === null) throw new Error("No process was started");
          assert.is(await tryRequest(migrator, mode, state, request), expected);
        });
      }
    }
  }
  beside.run();
}

/** Brings everything into place, sends the request, and checks what it left. */
async function tryRequest(
  migrator: PermittedMigrator,
  mode: JournalMode,
  state: NativeState,
  { verb, body, startsAt }: TriedRequest,
): Promise<Answer> {
  await using workspace = new Workspace();
  const { pluginsDir, dataDir } = workspace;
  // The native program does not move on by itself, so a long wait would be in vain.
  const ask = (question: Pick<TriedRequest, "verb" | "body">): Promise<Reply> =>
    migrator.ask({
      plugins: pluginsDir,
      data: dataDir,
      busyTimeoutMs: 100,
      plugin: "quotes",
      ...question,
    });
  workspace.write("quotes", MIGRATIONS);
  Deno.mkdirSync(dataDir);
  const path = workspace.database("quotes");
  createDatabase(path, mode);
  if (startsAt > 0) assert.ok((await ask({ verb: "apply", body: {} })).success);
  await using native = await bringInto(path, state);
  const before = filesOf(path);
  const hadIndex = hasIndex(path);

  const reply = await ask({ verb, body });
  if (!reply.success) assert.is(reply.error_code, "DATABASE_UNAVAILABLE", reply.message);
  const hasChanged = reply.success && verb !== "status" && !("dry_run" in body);
  if (!hasChanged) {
    assert.equal(filesOf(path), before, "files changed");
    assert.is(hasIndex(path), hadIndex, "the wal-index came or went");
  }

  if (native !== null) {
    if (state !== "idle") await native.run("COMMIT");
    assert.equal(await native.run("SELECT count(*) AS n FROM quotes"), [{
      n: COMMITTED + (state === "writing" ? 1 : 0),
    }]);
    const tables = await native.run("SELECT 1 FROM sqlite_schema WHERE name = 'votes'");
    assert.is(tables.length > 0, (verb === "apply" && hasChanged) || (startsAt > 0 && !hasChanged));
    await native.run("INSERT INTO quotes (body) VALUES ('afterwards')");
    await native.kill();
  }
  const added = native === null ? 0 : state === "writing" ? 2 : 1;
  const rows = "SELECT count(*) FILTER (WHERE body NOT LIKE '-%') FROM quotes";
  assert.ok(isIntact(path));
  assert.is(sqliteShell(path, rows), String(COMMITTED + added));
  assert.is(sqliteShell(path, "PRAGMA journal_mode"), mode);
  const status = await ask({ verb: "status", body: {} });
  if (!status.success || status.verb !== "status") throw new Error(JSON.stringify(status));
  const target = verb === "apply" ? LATEST : 0;
  assert.is(status.current_version, hasChanged ? target : startsAt);
  return reply.success ? "works" : "waits, then says so";
}
