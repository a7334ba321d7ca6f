// diff and dump on the command line.

import * as assert from "uvu/assert";
import { readArguments } from "../../lib/cli/arguments.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { assertTidy, QUOTES, run } from "./cli_setting.ts";

const diffs = suite("diff");

diffs(
  "shows what changes, writes the next file, and asks for renames with exit status 2",
  async () => {
    await using workspace = new Workspace();
    workspace.write("quotes", QUOTES);
    workspace.writeSchema(
      "quotes",
      "CREATE TABLE quotes (id INTEGER PRIMARY KEY, words TEXT NOT NULL);",
    );
    const checked = await run(workspace, "diff", "quotes", "--check");
    assert.is(checked.code, 1);
    const difference = `--- files
+++ schema.sql
@@ -1,1 +1,1 @@
-CREATE TABLE quotes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
+CREATE TABLE quotes (id INTEGER PRIMARY KEY, words TEXT NOT NULL);
`;
    assert.ok(
      checked.stderr.startsWith(`${difference}✗ Files and schema.sql differ in table "quotes"`),
      checked.stderr,
    );
    const asked = await run(workspace, "diff", "quotes", "say words");
    assert.is(asked.code, 2);
    assert.match(asked.stderr, /\n {2}--rename 'quotes\.text=quotes\.words'\n$/);
    assertTidy(asked.stderr);
    const rename = ["--rename", "quotes.text=quotes.words"];
    const written = await run(workspace, "diff", "quotes", "say words", ...rename, "--no-rename");
    assert.is(written.code, 0, written.stderr);
    assert.match(written.stdout, /^[^\n]*\/003_say_words\.sql\n$/);
    assert.is(written.stderr, difference);
    const again = await run(workspace, "diff", "quotes", "again");
    assert.equal([again.code, again.stdout], [0, "The files make the schema of schema.sql\n"]);
    const dumped = await run(workspace, "dump", "quotes");
    assert.match(
      dumped.stdout,
      /^CREATE TABLE quotes \(id INTEGER PRIMARY KEY, words TEXT NOT NULL\);\n$/,
    );
  },
);

diffs("--rename and --no-rename are both heard, in any order", () => {
  for (const args of [["--rename", "a=b", "--no-rename"], ["--no-rename", "--rename", "a=b"]]) {
    const read = readArguments(["diff", "p", "x", ...args], () => undefined);
    assert.ok(read.kind === "command" && read.command.name === "diff");
    assert.equal([read.command.diff.renames, read.command.diff.noRename], [["a=b"], true]);
  }
});

diffs.run();
