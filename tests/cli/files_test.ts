// new, check and plugins: the commands for those who write migrations.

import * as assert from "uvu/assert";
import { basename, join } from "node:path";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { assertTidy, godwitHere, QUOTES, run } from "./cli_setting.ts";

const create = suite("new");

create("writes numbered files that parse, whatever the description", async () => {
  await using workspace = new Workspace();
  const first = await run(workspace, "new", "quotes", "Add  Ünïcode;\n-- DOWN DROP TABLE x");
  assert.is(first.code, 0, first.stderr);
  assert.is(basename(first.stdout.trim()), "001_add_unicode_down_drop_table_x.sql");
  const second = await run(workspace, "new", "quotes", "second", "--json");
  const { file, version } = JSON.parse(second.stdout);
  assert.is(version, 2);
  assert.match(Deno.readTextFileSync(file), /^-- second\n\n-- UP\n[^]*\n-- DOWN/);
  const check = await run(workspace, "check", "quotes");
  assert.is(check.code, 0, check.stdout);
  assert.match(check.stdout, /^✓ quotes: 2 migrations, 1 note\n/);
});

create("makes a plugin that does not exist yet, with a first file that works", async () => {
  await using workspace = new Workspace();
  for (const [description, table] of [["Create notes", "notes"], ["add order", "order"]] as const) {
    const plugin = `my-${table}`;
    const made = await run(workspace, "new", plugin, description);
    assert.match(made.stderr, new RegExp(`godwit apply ${plugin} `));
    assert.match(Deno.readTextFileSync(made.stdout.trim()), new RegExp(`CREATE TABLE "${table}"`));
    assert.is((await run(workspace, "check", plugin)).stdout, `✓ ${plugin}: 1 migration\n`);
  }
  await run(workspace, "new", "reserved", "godwit locks");
  assert.is((await run(workspace, "check", "reserved")).stdout, "✓ reserved: 1 migration\n");
});

create("counts on from a file that does not parse, and past 999", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "007_broken.sql": "no markers" });
  assert.match((await run(workspace, "new", "quotes", "next")).stdout, /\/008_next\.sql\n$/);
  workspace.write("quotes", { "999_last.sql": "-- UP\n-- DOWN\n" });
  assert.match((await run(workspace, "new", "quotes", "next")).stdout, /\/1000_next\.sql\n$/);
});

create("refuses what it cannot write, and overwrites nothing", async () => {
  await using workspace = new Workspace();
  const cases = [
    [["new", "../quotes", "x"], /There can be no plugin "\.\.\/quotes"/],
    [["new", "quotes", "!!!"], /has no letter or digit/],
  ] as const;
  for (const [args, words] of cases) {
    const { code, stdout, stderr } = await run(workspace, ...args);
    assert.is(code, 1);
    assert.is(stdout, "");
    assert.match(stderr, words);
    assertTidy(stderr);
  }
  assert.equal([...Deno.readDirSync(workspace.pluginsDir)], []);
  // Two at the same time want the same name; one of them gets it.
  const both = await Promise.all(
    ["same", "same"].map((name) => run(workspace, "new", "quotes", name)),
  );
  const files = [...Deno.readDirSync(join(workspace.pluginsDir, "quotes", "migrations"))];
  assert.is(files.length, both.filter(({ code }) => code === 0).length);
  Deno.writeTextFileSync(join(workspace.pluginsDir, "file"), "");
  const { code, stderr } = await run(workspace, "new", "file", "x");
  assert.is(code, 1);
  assert.match(stderr, /^✗ Cannot write [^]*ENOTDIR\n$/);
});

create.run();

const check = suite("check");

check("passes good plugins and counts what there is to say", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  workspace.write("scores", {
    "001_a.sql": "-- UP\nCREATE TABLE a (x);\n-- DOWN\nDROP TABLE a;\n",
  });
  const { code, stdout, stderr } = await run(workspace, "check");
  assert.is(code, 0, stdout);
  assert.is(stderr, "");
  assertTidy(stdout);
  assert.match(stdout, /✓ quotes: 2 migrations, 1 warning\nwarning \[drop-column\]/);
  assert.match(stdout, /✓ scores: 1 migration\n$/);
  const json = await run(workspace, "check", "scores", "--json");
  assert.equal(JSON.parse(json.stdout), {
    success: true,
    plugins: [{ plugin_name: "scores", migrations: 1, query_files: 0, errors: [], warnings: [] }],
  });
  assert.not.ok([...Deno.readDirSync(workspace.root)].some(({ name }) => name === "data"));
});

check("fails where any file has an error", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  workspace.write("bad", {
    "001_a.sql": "-- UP\nSELEC 1;\n-- DOWN\nSELECT 1;\n",
    "02-b.sql": "",
  });
  const { code, stdout } = await run(workspace, "check");
  assert.is(code, 1);
  assertTidy(stdout);
  assert.match(stdout, /✗ bad: 1 migration, 2 errors/);
  assert.match(stdout, /at 001_a\.sql:2:1\n {2}2 \| SELEC 1;\n {6}\^/);
  const json = await run(workspace, "check", "--json");
  assert.is(json.code, 1);
  assert.is(JSON.parse(json.stdout).success, false);
});

check("fails where a folder looks like a plugin and is none", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  for (const name of ["Sp ace", "linked"]) Deno.mkdirSync(join(workspace.pluginsDir, name));
  Deno.mkdirSync(join(workspace.pluginsDir, "Sp ace", "migrations"));
  const outside = join(workspace.root, "outside");
  Deno.mkdirSync(outside);
  Deno.symlinkSync(outside, join(workspace.pluginsDir, "linked", "migrations"));
  Deno.writeTextFileSync(join(workspace.pluginsDir, "README.md"), "No plugin.");
  Deno.mkdirSync(join(workspace.pluginsDir, "assets"));
  const { code, stdout } = await run(workspace, "check");
  assert.is(code, 1);
  assert.match(stdout, /✓ quotes/);
  assert.match(stdout, /✗ Sp ace[^]*There can be no plugin "Sp ace"/);
  assert.match(stdout, /✗ linked[^]*leads out of the plugin's folder/);
  assert.not.match(stdout, /README|assets/);
});

check("says where it looked when there is nothing", async () => {
  await using workspace = new Workspace();
  const empty = await run(workspace, "check");
  assert.is(empty.code, 1);
  assert.match(empty.stderr, /There are no plugins in/);
  for (const args of [["check"], ["check", "quotes"], ["plugins"]]) {
    const missing = await godwitHere([...args, "--plugins", join(workspace.root, "none")]);
    assert.is(missing.code, 1);
    assert.is(missing.stdout, "");
    assert.match(missing.stderr, /^✗ Cannot read the plugins directory/);
    assert.not(missing.stderr.includes("    at "));
    const json = await godwitHere([...args, "--json", "--plugins", join(workspace.root, "none")]);
    assert.is(JSON.parse(json.stdout).error_code, "PLUGIN_NOT_FOUND");
  }
  const bad = await run(workspace, "check", "Bad Name");
  assert.match(bad.stderr, /There can be no plugin "Bad Name"/);
});

check.run();

const plugins = suite("plugins");

plugins("lists versions, pending counts and problems", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  workspace.write("bad", { "02-b.sql": "" });
  await workspace.apply("quotes", { target_version: 1 });
  const { code, stdout } = await run(workspace, "plugins");
  assert.is(code, 0);
  assertTidy(stdout);
  assert.match(stdout, /^plugin {2}version {2}pending\nbad/);
  assert.match(stdout, /\nquotes {8}1 {8}1\n/);
  assert.match(stdout, /\nbad: 02-b\.sql is not named like a migration/);
  const json = JSON.parse((await run(workspace, "plugins", "--json")).stdout);
  assert.equal(json.plugins[1], {
    plugin_name: "quotes",
    current_version: 1,
    pending_count: 1,
    locked: false,
    problem: null,
  });
});

plugins("lists the databases of tenants after their plugin", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  await workspace.apply("quotes", { tenant: "acme", target_version: 1 });
  await workspace.apply("quotes", { tenant: "globex" });
  const { stdout } = await run(workspace, "plugins");
  assertTidy(stdout);
  assert.match(stdout, /\nquotes +0 +2\nquotes\/acme +1 +1\nquotes\/globex +2 +0\n/);
  const json = JSON.parse((await run(workspace, "plugins", "--json")).stdout);
  assert.equal(json.tenants.map(({ tenant }: { tenant: string }) => tenant), ["acme", "globex"]);
  assert.is(json.tenant_count, 2);
});

plugins("--names opens no database", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  await workspace.apply("quotes", { tenant: "acme" });
  Deno.writeTextFileSync(workspace.database("quotes", "torn"), "no database");
  const { code, stdout } = await run(workspace, "plugins", "--names");
  assert.equal([code, stdout], [0, "quotes\nquotes/acme\nquotes/torn\n"]);
  const json = JSON.parse((await run(workspace, "plugins", "--names", "--json")).stdout);
  assert.equal([json.plugins, json.tenant_count], [["quotes"], 2]);
  assert.equal(json.tenants[1], { plugin_name: "quotes", tenant: "torn" });
});

plugins("lists 200 tenants to people and says how many more there are", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  Deno.mkdirSync(join(workspace.dataDir, "quotes"), { recursive: true });
  // To SQLite an empty file is an empty database.
  for (let i = 0; i < 203; i++) Deno.writeTextFileSync(workspace.database("quotes", `t${i}`), "");
  const { stdout } = await run(workspace, "plugins");
  assert.is(stdout.match(/^quotes\/t\d+ +0 +2$/gm)?.length, 200);
  assert.match(stdout, /\nand 3 more tenants; --json lists them\n$/);
});

plugins(
  "status --all-tenants counts databases by version, and says what is wrong with which",
  async () => {
    await using workspace = new Workspace();
    workspace.write("quotes", QUOTES);
    for (const tenant of ["acme", "globex"]) await workspace.apply("quotes", { tenant });
    await workspace.apply("quotes", { tenant: "old", target_version: 1 });
    Deno.writeTextFileSync(workspace.database("quotes", "torn"), "no database");
    const { code, stdout } = await run(workspace, "status", "quotes", "--all-tenants");
    assert.is(code, 0);
    assertTidy(stdout);
    assert.match(stdout, /^quotes: 4 tenants\nversion {2}pending {2}databases\n/);
    assert.match(stdout, /\n {6}2 {8}0 {10}2\n {6}1 {8}1 {10}1\n {6}\? {8}\? {10}1\n/);
    assert.match(stdout, /\nquotes\/torn: .*not a SQLite\n? *database/s);
    const json = JSON.parse(
      (await run(workspace, "status", "quotes", "--all-tenants", "--json")).stdout,
    );
    assert.equal(json.versions[0], { current_version: 2, pending_count: 0, databases: 2 });
    assert.is(json.tenants.length, 4);
    const unknown = await run(workspace, "status", "nobody", "--all-tenants");
    assert.is(unknown.code, 1);
    assert.match(unknown.stderr, /There is no plugin "nobody"/);
  },
);

plugins.run();
