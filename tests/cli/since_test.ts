// check --since: what a branch adds is checked, and what it may not touch is refused.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { readArguments } from "../../lib/cli/arguments.ts";
import { pluginChanges } from "../../lib/cli/since.ts";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { run } from "./cli_setting.ts";

const since = suite("check --since");

const workspace = new Workspace();
const { pluginsDir, root } = workspace;

function git(...args: readonly string[]): void {
  const { success, stderr } = new Deno.Command("git", {
    args: ["-c", "user.name=x", "-c", "user.email=x@localhost", ...args],
    cwd: root,
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

function commit(): void {
  git("add", "-A");
  git("commit", "--quiet", "--allow-empty", "-m", "x");
}

const ONE = migrationFile("CREATE TABLE one (a);", "DROP TABLE one;");
const TWO = migrationFile("CREATE TABLE two (a);", "DROP TABLE two;");
const DROP = migrationFile("DROP TABLE one;", "CREATE TABLE one (a);");

git("init", "--quiet", "--initial-branch", "main");
workspace.write("same", { "001_one.sql": ONE, "002_drop.sql": DROP });
workspace.write("grown", { "001_one.sql": ONE });
workspace.write("bad", { "001_one.sql": ONE, "002_two.sql": TWO });
workspace.write("gone", { "001_one.sql": ONE });
workspace.write("ends", { "001_one.sql": ONE });
commit();
git("branch", "release");
git("checkout", "--quiet", "-b", "work");
workspace.write("grown", { "002_drop.sql": DROP });
workspace.write("bad", { "001_one.sql": `${ONE}\n-- edited\n`, "002_late.sql": TWO });
workspace.remove("bad", "002_two.sql");
Deno.removeSync(join(pluginsDir, "gone"), { recursive: true });
workspace.write("ends", { "001_one.sql": ONE.replaceAll("\n", "\r\n") });
commit();
// What others merge meanwhile is no change of this branch.
git("checkout", "--quiet", "main");
workspace.write("same", { "003_two.sql": TWO });
commit();
git("checkout", "--quiet", "work");
workspace.write("grown", { "003_not_committed.sql": TWO });

async function changes(revision: string): Promise<Readonly<Record<string, unknown>>> {
  const found = await pluginChanges(revision, pluginsDir);
  if (!found.ok) throw new Error(found.message);
  return Object.fromEntries(
    [...found.value].map(([plugin, { files, errors }]) => [
      plugin,
      { files, errors: errors.map(({ code, file, line }) => `${code} ${file} ${line ?? ""}`) },
    ]),
  );
}

since("names new files, and refuses changed, removed and late ones", async () => {
  const expected = {
    bad: {
      files: ["001_one.sql", "002_late.sql"],
      errors: [
        "changed-file 001_one.sql 6",
        "late-migration 002_late.sql ",
        "changed-file 002_two.sql ",
      ],
    },
    ends: { files: [], errors: [] },
    gone: { files: [], errors: ["changed-file 001_one.sql "] },
    grown: { files: ["002_drop.sql", "003_not_committed.sql"], errors: [] },
  };
  assert.equal(await changes("main"), expected);
  assert.equal(await changes("release"), expected);
});

since("as a command: only what differs is reported", async () => {
  const { code, stdout } = await run(workspace, "check", "--since", "main", "--json");
  assert.is(code, 1);
  const { plugins } = JSON.parse(stdout);
  const shown = plugins.map((
    { plugin_name, checked, errors, warnings }: Record<string, { code: string; file: string }[]>,
  ) => [
    plugin_name,
    checked,
    [...errors ?? [], ...warnings ?? []].map(({ code, file }) => `${code} ${file}`),
  ]);
  assert.equal(shown, [
    ["bad", ["001_one.sql", "002_late.sql"], [
      "changed-file 001_one.sql",
      "late-migration 002_late.sql",
      "changed-file 002_two.sql",
    ]],
    ["ends", [], []],
    // Of 001 there is nothing, and "same" is left out, though 002 of it drops a table.
    ["grown", ["002_drop.sql", "003_not_committed.sql"], ["drop-table 002_drop.sql"]],
    ["gone", [], ["changed-file 001_one.sql"]],
  ]);
});

since("the composite action checks what a branch adds", () => {
  const path = new URL("../../examples/ci/godwit-check/action.yml", import.meta.url);
  const steps = Deno.readTextFileSync(path).split("run: |\n").slice(1);
  const [script = ""] = (steps[0] ?? "").split(/^ {4}- /m);
  const program = new URL("../../mod.ts", import.meta.url).pathname;
  const { code, stdout } = new Deno.Command("bash", {
    args: ["-e", "-c", script],
    cwd: root,
    env: {
      GODWIT: `${Deno.execPath()} run --quiet -A ${program}`,
      PLUGINS: "plugins",
      SINCE: "main",
    },
    stdin: "null",
  }).outputSync();
  assert.is(code, 1);
  const lines = new TextDecoder().decode(stdout).split("\n");
  assert.ok(
    lines.some((line) =>
      line.startsWith("::error file=plugins/bad/migrations/001_one.sql,line=6,")
    ),
    lines.join("\n"),
  );
});

since("the job of GitLab has a command that there is", () => {
  const path = new URL("../../examples/ci/gitlab-ci.yml", import.meta.url);
  const [, line = ""] = /godwit\/godwit (check .*) > /.exec(Deno.readTextFileSync(path)) ?? [];
  const parsed = readArguments(line.replaceAll('"', "").split(" "), () => undefined);
  assert.is(parsed.kind, "command", line);
});

since("a revision that there is not, and a directory without git", async () => {
  const unknown = await pluginChanges("nowhere", pluginsDir);
  assert.match(
    unknown.ok ? "" : unknown.message,
    /^Cannot compare with "nowhere": .*fetch it first$/,
  );
  git("checkout", "--quiet", "--orphan", "alone");
  commit();
  const apart = await pluginChanges("main", pluginsDir);
  assert.match(apart.ok ? "" : apart.message, "no common commit here");
  const outside = Deno.makeTempDirSync();
  const none = await pluginChanges("main", outside);
  assert.match(none.ok ? "" : none.message, "not a git repository");
  Deno.removeSync(outside);
});

since.after(() => workspace[Symbol.asyncDispose]());
since.run();
