// directorySource(): plugins on a file system.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { directorySource } from "../../lib/source/directory_source.ts";
import { migrationSource } from "../../lib/source/file_source.ts";
import type { LoadedMigrations } from "../../lib/source/migration_source.ts";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const sources = suite("directorySource()");
const FILE = migrationFile("SELECT 1;", "SELECT 1;");

async function load(workspace: Workspace, plugin: string): Promise<LoadedMigrations> {
  return await migrationSource(directorySource(workspace.pluginsDir)).load(plugin);
}

sources("load() orders by version as a number, and passes over what is not SQL", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", {
    "1000_d.sql": FILE,
    "999_c.sql": FILE,
    "010_b.sql": FILE,
    "002_a.sql": FILE,
    "README.md": "hello",
    "003_x.sql~": "backup of an editor",
  });
  const loaded = await load(workspace, "quotes");
  assert.ok(loaded.found);
  assert.equal(loaded.found && loaded.migrations.map(({ version }) => version), [2, 10, 999, 1000]);
  assert.equal(loaded.found && loaded.findings, []);
});

sources("load() names a file that is not named like a migration", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_a.sql": FILE, "2_b.sql": FILE, "003_C.SQL": FILE });
  const loaded = await load(workspace, "quotes");
  if (!loaded.found) throw new Error(loaded.message);
  assert.equal(loaded.findings.map(({ code, file }) => [code, file]).sort(), [
    ["file-name", "003_C.SQL"],
    ["file-name", "2_b.sql"],
  ]);
});

sources("load() names both files that have one version, also as 1 and 001", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_a.sql": FILE, "001_b.sql": FILE, "0001_c.sql": FILE });
  const loaded = await load(workspace, "quotes");
  if (!loaded.found) throw new Error(loaded.message);
  assert.equal(loaded.findings.map(({ code, version }) => [code, version]), [
    ["duplicate-version", 1],
    ["duplicate-version", 1],
  ]);
  assert.match(loaded.findings[1]?.message ?? "", "001_a.sql and 001_b.sql both have version 1");
});

sources("load() makes a file that cannot be read a finding", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_a.sql": FILE });
  Deno.mkdirSync(join(workspace.pluginsDir, "quotes", "migrations", "002_b.sql"));
  const loaded = await load(workspace, "quotes");
  if (!loaded.found) throw new Error(loaded.message);
  assert.equal(loaded.findings.map(({ code, file }) => [code, file]), [
    ["unreadable-file", "002_b.sql"],
  ]);
  assert.is(loaded.migrations.length, 1);
});

sources("load() reads neither a pipe, a device nor a file that is too large", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_a.sql": FILE, "004_large.sql": "" });
  const path = (file: string): string => join(workspace.pluginsDir, "quotes", "migrations", file);
  await new Deno.Command("mkfifo", { args: [path("002_pipe.sql")] }).output();
  Deno.symlinkSync("/dev/zero", path("003_device.sql"));
  // More than there is memory, and nothing of it on the disk.
  Deno.truncateSync(path("004_large.sql"), 2 ** 40);
  Deno.symlinkSync(path("001_a.sql"), path("005_link.sql"));
  const loaded = await load(workspace, "quotes");
  if (!loaded.found) throw new Error(loaded.message);
  assert.equal(loaded.findings.map(({ code, file }) => `${code} ${file}`).sort(), [
    "file-too-large 004_large.sql",
    "unreadable-file 002_pipe.sql",
    "unreadable-file 003_device.sql",
  ]);
  assert.equal(loaded.migrations.map(({ version }) => version), [1, 5]);
});

sources("load() warns of a plugin without a migration", async () => {
  await using workspace = new Workspace();
  Deno.mkdirSync(join(workspace.pluginsDir, "quotes", "migrations"), { recursive: true });
  const loaded = await load(workspace, "quotes");
  if (!loaded.found) throw new Error(loaded.message);
  assert.equal(loaded.findings.map(({ code, level }) => [code, level]), [
    ["no-migrations", "WARNING"],
  ]);
});

sources("load() says what is missing: the plugin, or the whole directory", async () => {
  await using workspace = new Workspace();
  const unknown = await load(workspace, "quotes");
  assert.match(unknown.found ? "" : unknown.message, 'There is no plugin "quotes": no directory');
  const nowhere = await migrationSource(directorySource(join(workspace.root, "nowhere"))).load(
    "quotes",
  );
  assert.match(nowhere.found ? "" : nowhere.message, "Cannot read the plugins directory");
  assert.match(nowhere.found ? "" : nowhere.message, "--plugins or GODWIT_PLUGINS");
});

sources("plugins() lists directories that have migrations and an allowed name", async () => {
  await using workspace = new Workspace();
  workspace.write("trivia", { "001_a.sql": FILE });
  workspace.write("quote-db", { "001_a.sql": FILE });
  workspace.write("Upper", { "001_a.sql": FILE });
  workspace.write(".hidden", { "001_a.sql": FILE });
  Deno.mkdirSync(join(workspace.pluginsDir, "empty"));
  Deno.writeTextFileSync(join(workspace.pluginsDir, "file"), "");
  const source = migrationSource(directorySource(workspace.pluginsDir));
  assert.equal(await source.plugins(), { ok: true, names: ["quote-db", "trivia"] });

  Deno.removeSync(workspace.pluginsDir, { recursive: true });
  const listed = await source.plugins();
  assert.match(listed.ok ? "" : listed.message, "Cannot read the plugins directory");
});

sources("load() reads again each time, so that an edited file counts at once", async () => {
  await using workspace = new Workspace();
  const source = migrationSource(directorySource(workspace.pluginsDir));
  workspace.write("quotes", { "001_a.sql": FILE });
  const checksum = async (): Promise<string | undefined> => {
    const loaded = await source.load("quotes");
    return loaded.found ? loaded.migrations[0]?.checksum : undefined;
  };
  const before = await checksum();
  workspace.write("quotes", { "001_a.sql": `${FILE}-- edited\n` });
  assert.is.not(await checksum(), before);
});

sources("read() gives the text of a file that does not parse", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_a.sql": "no markers" });
  const read = await directorySource(workspace.pluginsDir).read("quotes");
  const [first] = read.found ? read.files : [];
  assert.ok(first !== undefined && "bytes" in first);
  assert.is(new TextDecoder().decode("bytes" in first ? first.bytes : undefined), "no markers");
});

sources.run();
