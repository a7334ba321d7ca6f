// godwit beside a native program that has the same database: every request, in every state of the
// program, in both journal modes. docs/OPERATIONS.md shows the table.

import * as assert from "uvu/assert";
import type { Verb } from "../../lib/handler/dispatch.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import {
  bringInto,
  COMMITTED,
  filesOf,
  hasIndex,
  JOURNAL_MODES,
  type JournalMode,
  NATIVE_STATES,
  type NativeState,
} from "./native_states.ts";
import { type Answer, EXPECTED, REQUESTS } from "./expected_answers.ts";

const beside = suite("beside a native program");

const MIGRATIONS = {
  "001_add_votes.sql":
    "-- UP\nCREATE TABLE votes (quote INTEGER, vote INTEGER);\n-- DOWN\nDROP TABLE votes;\n",
  "002_add_author.sql":
    "-- UP\nALTER TABLE quotes ADD COLUMN author TEXT;\nCREATE INDEX votes_quote ON votes (quote);\n" +
    "-- DOWN\nDROP INDEX votes_quote;\n",
};

for (const mode of JOURNAL_MODES) {
  for (const state of NATIVE_STATES) {
    for (const [request, { verb, body, startsAt }] of Object.entries(REQUESTS)) {
      const expected = EXPECTED[mode][state][request];
      beside(`${request}, ${mode}, ${state}: ${expected}`, async () => {
        // The program waits for nothing, so waiting for it is in vain.
        await using workspace = new Workspace({ busyTimeoutMs: 200 });
        workspace.write("quotes", MIGRATIONS);
        Deno.mkdirSync(workspace.dataDir);
        const seen = await look(workspace, mode, state, verb, body, startsAt);
        assert.is(seen, expected);
      });
    }
  }
}

/** Brings everything into place, sends the request, and holds against each other what is left. */
async function look(
  workspace: Workspace,
  mode: JournalMode,
  state: NativeState,
  verb: Verb,
  body: object,
  startsAt: number,
): Promise<Answer> {
  const path = workspace.database("quotes");
  if (startsAt > 0) {
    await workspace.apply("quotes", {});
    sqliteShell(path, "DROP TABLE IF EXISTS quotes");
  }
  await using native = await bringInto(path, mode, state);
  const before = filesOf(path);
  const hadIndex = hasIndex(path);

  const reply = await workspace.ask(verb, "quotes", body);
  const isChange = verb !== "status" && !("dry_run" in body);
  if (!reply.success) assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
  if (!isChange || !reply.success) {
    assert.equal(filesOf(path), before, "files changed");
    assert.is(hasIndex(path), hadIndex, "the wal-index came or went");
  }

  if (native !== null) {
    if (state !== "idle") await native.run("COMMIT");
    const [row] = await native.run("SELECT count(*) AS quotes FROM quotes");
    assert.is(row?.quotes, COMMITTED + (state === "writing" ? 1 : 0));
    if (isChange && reply.success) {
      const tables = await native.run("SELECT name FROM sqlite_schema WHERE name = 'votes'");
      assert.is(tables.length, verb === "apply" ? 1 : 0, "the program sees another schema");
    }
    await native.run("INSERT INTO quotes (body) VALUES ('afterwards')");
    await native.kill();
  }
  assert.ok(isIntact(path));
  const quotes = Number(sqliteShell(path, "SELECT count(*) FROM quotes"));
  const added = native === null ? 0 : state === "writing" ? 2 : 1;
  assert.is(quotes, COMMITTED + added);
  assert.is(sqliteShell(path, "SELECT count(*) FROM quotes WHERE body LIKE '-%'"), "0");
  assert.is(sqliteShell(path, "PRAGMA journal_mode"), mode);
  const status = await workspace.status("quotes");
  const target = verb === "apply" ? 2 : 0;
  assert.is(status.current_version, isChange && reply.success ? target : startsAt);
  return reply.success ? "works" : "waits, then says so";
}

beside.run();
