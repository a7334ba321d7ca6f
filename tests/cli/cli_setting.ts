// What the tests of the command line share.

import * as assert from "uvu/assert";
import { parseReply, type Reply } from "../../lib/message/any_reply.ts";
import { type Console, PLAIN } from "../../lib/cli/console.ts";
import { main } from "../../lib/cli/main.ts";
import type { Finished } from "../support/service_process.ts";
import type { Workspace } from "../support/workspace.ts";

/** Two migrations that apply and roll back. */
export const QUOTES = {
  "001_create_quotes.sql": `-- UP
CREATE TABLE quotes (id INTEGER PRIMARY KEY, text TEXT NOT NULL, mood TEXT);
INSERT INTO quotes (text, mood) VALUES ('a', 'x'), ('b', NULL);
-- DOWN
DROP TABLE quotes;
`,
  "002_drop_mood.sql": `-- requires: sqlite >= 3.35.0
-- UP
ALTER TABLE quotes DROP COLUMN mood;
-- DOWN
ALTER TABLE quotes ADD COLUMN mood TEXT;
`,
};

/** Runs a command on a workspace, in the process of the test. */
export function run(workspace: Workspace, ...args: readonly string[]): Promise<Finished> {
  return godwitHere([...args, "--plugins", workspace.pluginsDir, "--data", workspace.dataDir]);
}

/**
 * Runs a command line in the process of the test, because a process of its own takes longer to start
 * than most commands take.
 */
export async function godwitHere(args: readonly string[]): Promise<Finished> {
  const written = { stdout: "", stderr: "" };
  const console: Console = {
    out: (text) => written.stdout += `${text}\n`,
    err: (text) => written.stderr += `${text}\n`,
    colors: PLAIN,
    isWatched: false,
    ask: null,
  };
  const code = await main(args, {
    environment: () => undefined,
    openConsole: () => Promise.resolve(console),
  });
  return { code, ...written };
}

/** Runs a command with `--json` and demands one reply, alone on standard output. */
export async function ask(
  workspace: Workspace,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly reply: Reply; readonly stderr: string }> {
  const { code, stdout, stderr } = await run(workspace, ...args, "--json");
  assert.match(stdout, /^[^\n]+\n$/, `one line expected: ${stdout}${stderr}`);
  const reply = parseReply(JSON.parse(stdout));
  if (reply === null) throw new Error(`Not a reply: ${stdout}`);
  return { code, reply, stderr };
}

/** Demands text that fits a terminal: no trailing spaces, no line too long to read. */
export function assertTidy(text: string): void {
  for (const line of text.split("\n")) {
    assert.is(line, line.trimEnd());
    // A word that cannot be broken, as a path or a hash, may be longer.
    assert.ok(line.length <= 80 || line.trim().split(" ").length <= 2, line);
  }
}
