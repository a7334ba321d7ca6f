// check --fix: shows what cures a file, asks, and writes it whole or not at all.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { runCheck } from "../../lib/cli/commands/check.ts";
import type { Console } from "../../lib/cli/console.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { QUOTES, run } from "./cli_setting.ts";

const fixes = suite("check --fix");

const FAULTY = `\uFEFF-- Moods are gone.
-- accept: drop-column quotes.mood because nobody has one

-- UP
-- First this:
ALTER TABLE quotes DROP COLUMN mood; -- for good

-- DOWN: brings it back
ALTER TABLE quotes ADD COLUMN mood TEXT;
`;
const THIRD = "-- UP\nALTER TABLE quotes DROP COLUMN text;\n-- DOWN\n";
const FILES = { ...QUOTES, "002_drop_mood.sql": FAULTY.replaceAll("\n", "\r\n") };

function pathOf(workspace: Workspace, file: string): string {
  return join(workspace.pluginsDir, "quotes", "migrations", file);
}

function read(workspace: Workspace, file = "002_drop_mood.sql"): string {
  return new TextDecoder("utf-8", { ignoreBOM: true })
    .decode(Deno.readFileSync(pathOf(workspace, file)));
}

fixes("--yes writes each file in turn, with all but the fault as it was", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { ...FILES, "003_drop_text.sql": THIRD });
  Deno.chmodSync(pathOf(workspace, "002_drop_mood.sql"), 0o640);
  const before = read(workspace);
  const { code, stdout, stderr } = await run(workspace, "check", "quotes", "--fix", "--yes");
  assert.is(code, 0, stderr + stdout);
  assert.match(stdout, /^--- .*002_drop_mood\.sql\n\+\+\+ .*002_drop_mood\.sql \(fixed\)\n@@ /);
  assert.match(stdout, /\n-ALTER TABLE quotes DROP COLUMN mood; -- for good\n/);
  // The third file is rehearsed only once the second one runs.
  assert.match(stdout, /✓ Wrote 002_drop_mood\.sql\n✓ Wrote 003_drop_text\.sql\n✓ quotes: 3 /);
  const after = read(workspace);
  assert.not(/[^\r]\n/.test(after), "every line ends as the others did");
  const [head = "", tail = ""] = before.split("ALTER TABLE quotes DROP COLUMN mood;");
  assert.ok(after.startsWith(head) && after.endsWith(tail), after);
  assert.is(Deno.statSync(pathOf(workspace, "002_drop_mood.sql")).mode ?? 0, 0o100640);
  const files = [...Deno.readDirSync(join(workspace.pluginsDir, "quotes", "migrations"))];
  assert.is(files.length, 3, "no temporary file is left");
  assert.is((await run(workspace, "apply", "quotes")).code, 0);
});

fixes("writes nothing without a terminal and --yes, and says so", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", FILES);
  const { code, stdout, stderr } = await run(workspace, "check", "quotes", "--fix");
  assert.is(code, 1);
  assert.match(stdout, /\n\+CREATE TABLE quotes_new /);
  assert.match(stderr, /002_drop_mood\.sql was not written; add --yes to write it/);
  assert.is(read(workspace), FILES["002_drop_mood.sql"]);
  const json = await run(workspace, "check", "quotes", "--fix", "--json");
  const { plugins: [report] } = JSON.parse(json.stdout);
  assert.equal(report.fixes.map((fix: { written: boolean }) => fix.written), [false]);
  assert.is(report.errors[0].code, "alter-drop-column");
  assert.match(report.errors[0].suggestion.up, /CREATE TABLE quotes_new/);
});

fixes("an applied file stays, be it applied by one tenant alone", async () => {
  await using workspace = new Workspace();
  const { "001_create_quotes.sql": first } = QUOTES;
  const lossy = `-- UP
CREATE INDEX by_mood ON quotes (mood);
-- DOWN
SELECT 1;
`;
  workspace.write("quotes", { "001_create_quotes.sql": first, "002_drop_mood.sql": lossy });
  await workspace.apply("quotes", { tenant: "acme" });
  const { stdout, stderr } = await run(workspace, "check", "quotes", "--fix", "--yes");
  assert.match(stderr, /002_drop_mood\.sql is applied and stays as it is; write a new file/);
  assert.match(stdout, /incomplete-down/);
  assert.is(read(workspace), lossy);
});

/** Runs a check with a terminal on which a person answers. */
async function answering(
  workspace: Workspace,
  ask: NonNullable<Console["ask"]>,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const lines = { out: "", err: "" };
  const colors = { bold: String, cyan: String, dim: String, green: String, red: String };
  const code = await runCheck(
    {
      plugin: "quotes",
      prove: false,
      live: false,
      tenant: undefined,
      fix: "ask",
      format: "text",
      since: undefined,
    },
    {
      pluginsDir: workspace.pluginsDir,
      dataDir: workspace.dataDir,
      json: false,
      by: undefined,
      prefix: "db.migrate",
      nats: undefined,
      databases: {},
    },
    {
      out: (text) => lines.out += `${text}\n`,
      err: (text) => lines.err += `${text}\n`,
      colors: { ...colors, yellow: String },
      isWatched: false,
      ask,
    },
  );
  return { code, ...lines };
}

fixes("asks on a terminal, once for each file, and writes what is agreed to", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", FILES);
  const asked: string[] = [];
  const refused = await answering(workspace, (question) => {
    asked.push(question);
    return false;
  });
  assert.equal([refused.code, asked], [1, ["Write 002_drop_mood.sql?"]]);
  assert.match(refused.err, /was not written\n$/);
  assert.is(read(workspace), FILES["002_drop_mood.sql"]);
  const agreed = await answering(workspace, () => true);
  assert.is(agreed.code, 0, agreed.out);
  assert.match(read(workspace), /CREATE TABLE quotes_new/);
});

fixes("a file that changed while the question was open is not overwritten", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", FILES);
  const edited = FILES["002_drop_mood.sql"].replace("First this", "Then that");
  const { code, err } = await answering(workspace, () => {
    workspace.write("quotes", { "002_drop_mood.sql": edited });
    return true;
  });
  assert.is(code, 1);
  assert.match(err, /has changed since it was checked; check it again/);
  assert.is(read(workspace), edited);
});

fixes("writes through a symbolic link within the plugin", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  const target = join(workspace.pluginsDir, "quotes", "elsewhere.sql");
  Deno.writeTextFileSync(target, FAULTY);
  Deno.removeSync(pathOf(workspace, "002_drop_mood.sql"));
  Deno.symlinkSync(target, pathOf(workspace, "002_drop_mood.sql"));
  await answering(workspace, () => true);
  assert.ok(Deno.lstatSync(pathOf(workspace, "002_drop_mood.sql")).isSymlink);
  assert.match(Deno.readTextFileSync(target), /CREATE TABLE quotes_new/);
});

fixes.run();
