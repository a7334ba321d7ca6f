// The tests of the documentation find what is not so: a test that cannot fail proves nothing.

import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { isShown } from "./masks.ts";
import { parsePage } from "./page.ts";
import { runPage } from "./page_run.ts";

const MIGRATION = `-- UP
CREATE TABLE t (a INTEGER NOT NULL);

-- DOWN
DROP TABLE t;`;

/** Blocks that are wrong, and what is said of them. */
const LIES: readonly (readonly [string, string])[] = [
  [fence("sh run", "exit 3"), "exits with 3"],
  [fence("sh run exit=1", "true"), "exits with 0"],
  [fence("sh", "if true"), "syntax error"],
  [`${fence("sh run", "echo one")}\n\n${fence("text output", "two")}`, "the output is another"],
  [fence("sql", "CREATE TABLE"), "it fails"],
  [fence("sql fails=pragma", "SELECT 1;"), "does not fail with pragma"],
  [fence("sql fails=pragma", "VACUUM;"), "does not fail with pragma but with vacuum"],
  [fence("sql warns=drop-table", "SELECT 1;"), "its warnings are not drop-table"],
  [
    fence("sql migration=p/001_t.sql", MIGRATION.replace("DROP TABLE t", "SELECT 1")),
    "cannot be applied again",
  ],
  [
    fence("sql migration=p/001_t.sql", MIGRATION.replace("DROP TABLE t", "DROP TABLE u")),
    "cannot be rolled back",
  ],
  [fence("ts", "throw new Error('no');"), "exits with 1"],
  [fence("python", "def"), "SyntaxError"],
  [fence("json request=apply plugin=p", '{ "dryrun": true }'), "does not fit apply.request.json"],
  [fence("json request=apply plugin=p invalid", "{}"), "fits its schema"],
  [
    `${fence("json request=status plugin=no", "{}")}\n\n${fence("json reply=status", "{}")}`,
    "does not fit failure.reply.json",
  ],
  [fence("json", "{}"), "is a request=, a reply= or an event="],
  [fence("text shows=.gitignore", "nothing"), "is not the text of .gitignore"],
  ["<!-- test: dance -->", "no directive"],
];

const pageRun = suite("runPage()");

pageRun("says of every block that is wrong what is wrong, and where", async () => {
  const { problems } = await runPage(parsePage("lies.md", LIES.map(([text]) => text).join("\n\n")));
  for (const [text, problem] of LIES) {
    assert.ok(problems.some((each) => each.includes(problem)), `${text}\n${problems.join("\n")}`);
  }
  assert.is(problems.length, LIES.length, problems.join("\n"));
  assert.match(problems[0] ?? "", /^lies\.md:1: /);
});

pageRun("renews what is stale, and nothing else", async () => {
  const before = `# A page\n\n${fence("sh run", "echo one")}\n\n${
    fence("text output", "two")
  }\n\nEnd.\n`;
  const { renewed } = await runPage(parsePage("page.md", before));
  assert.is(renewed, before.replace("two", "one"));
  const { problems } = await runPage(parsePage("page.md", renewed));
  assert.equal(problems, []);
});

pageRun.run();

const shown = suite("isShown()");

shown("looks past times, durations, hashes and ids", () => {
  assert.ok(isShown("at 2026-01-01T00:00:00.000Z (3 ms)", "at 2027-02-03T04:05:06.789Z (1.5 s)"));
  assert.ok(isShown(`--plan-hash ${"0".repeat(64)}`, `--plan-hash ${"a1".repeat(32)}`));
  assert.not(isShown("version 1 (3 ms)", "version 2 (3 ms)"));
});

shown("lets a line of dots stand for any number of lines", () => {
  assert.ok(isShown("one\n...\nfour", "one\ntwo\nthree\nfour"));
  assert.ok(isShown("one\n...\ntwo", "one\ntwo"));
  assert.not(isShown("one\n...\nfive", "one\ntwo\nthree\nfour"));
  assert.not(isShown("one", "one\ntwo"));
});

shown.run();

function fence(info: string, text: string): string {
  return `\`\`\`${info}\n${text}\n\`\`\``;
}
