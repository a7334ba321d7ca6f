// directorySource(): plugins on a file system.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { directorySource } from "../../lib/source/directory_source.ts";
import { migrationSource } from "../../lib/source/file_source.ts";
import type { CollectedMigrations } from "../../lib/source/collect_migrations.ts";
import { migrationFile } from "../support/migration_file.ts";
import { filesRead, loadMigrations } from "../support/source_cases.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const sources = suite("directorySource()");
const FILE = migrationFile("SELECT 1;", "SELECT 1;");

async function load(workspace: Workspace, plugin: string): Promise<CollectedMigrations> {
  const loaded = await loadMigrations(directorySource(workspace.pluginsDir), plugin);
  if (typeof loaded === "string") throw new Error(loaded);
  return loaded;
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
  assert.equal(loaded.migrations.map(({ version }) => version), [2, 10, 999, 1000]);
  assert.equal(loaded.findings, []);
});

sources("load() names a file that is not named like a migration", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_a.sql": FILE, "2_b.sql": FILE, "003_C.SQL": FILE });
  const loaded = await load(workspace, "quotes");
  assert.equal(loaded.findings.map(({ code, file }) => [code, file]).sort(), [
    ["file-name", "003_C.SQL"],
    ["file-name", "2_b.sql"],
  ]);
});

sources("load() names both files that have one version, also as 1 and 001", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_a.sql": FILE, "001_b.sql": FILE, "0001_c.sql": FILE });
  const loaded = await load(workspace, "quotes");
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
  assert.equal(loaded.findings.map(({ code, level }) => [code, level]), [
    ["no-migrations", "WARNING"],
  ]);
});

sources("load() says what is missing: the plugin, or the whole directory", async () => {
  await using workspace = new Workspace();
  const messageOf = async (directory: string): Promise<string> =>
    JSON.stringify(await loadMigrations(directorySource(directory), "quotes"));
  assert.match(
    await messageOf(workspace.pluginsDir),
    String.raw`There is no plugin \"quotes\": no directory`,
  );
  const nowhere = await messageOf(join(workspace.root, "nowhere"));
  assert.match(nowhere, "Cannot read the plugins directory");
  assert.match(nowhere, "--plugins or GODWIT_PLUGINS");
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
  workspace.write("quotes", { "001_a.sql": FILE });
  const checksum = async (): Promise<string | undefined> =>
    (await load(workspace, "quotes")).migrations[0]?.checksum;
  const before = await checksum();
  workspace.write("quotes", { "001_a.sql": `${FILE}-- edited\n` });
  assert.is.not(await checksum(), before);
});

sources("list() gives the text of a file that does not parse", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_a.sql": "no markers" });
  const [first] = await filesRead(directorySource(workspace.pluginsDir), "quotes");
  assert.ok(first !== undefined && "bytes" in first);
  assert.is(new TextDecoder().decode("bytes" in first ? first.bytes : undefined), "no markers");
});

sources("load() follows a link to a plugin's folder, and none that leads out of it", async () => {
  await using workspace = new Workspace();
  const secret = join(workspace.root, "secret");
  Deno.writeTextFileSync(secret, "a password");
  const elsewhere = join(workspace.root, "elsewhere");
  Deno.mkdirSync(join(elsewhere, "migrations"), { recursive: true });
  Deno.mkdirSync(join(elsewhere, "shared"));
  Deno.writeTextFileSync(join(elsewhere, "shared", "b.sql"), FILE);
  const migrations = join(elsewhere, "migrations");
  Deno.writeTextFileSync(join(migrations, "001_a.sql"), FILE);
  Deno.symlinkSync("../shared/b.sql", join(migrations, "002_b.sql"));
  Deno.symlinkSync(secret, join(migrations, "003_c.sql"));
  Deno.symlinkSync("../../secret", join(migrations, "004_d.sql"));
  Deno.symlinkSync(elsewhere, join(workspace.pluginsDir, "quotes"));
  const loaded = await load(workspace, "quotes");
  assert.equal(loaded.migrations.map(({ version }) => version), [1, 2]);
  const problem = "it is a symbolic link that leads out of the plugin's folder";
  assert.equal(loaded.findings.map(({ code, message }) => [code, message]), [
    ["unreadable-file", `Cannot read 003_c.sql: ${problem}`],
    ["unreadable-file", `Cannot read 004_d.sql: ${problem}`],
  ]);
  assert.not(JSON.stringify(await workspace.ask("status", "quotes")).includes("password"));

  Deno.mkdirSync(join(workspace.pluginsDir, "trivia"));
  Deno.symlinkSync(migrations, join(workspace.pluginsDir, "trivia", "migrations"));
  const source = directorySource(workspace.pluginsDir);
  assert.match(String(await loadMigrations(source, "trivia")), `migrations: ${problem}`);
  assert.equal(await source.plugins(), ["quotes"]);
});

sources("load() reads as many bytes as one plugin may have, in order", async () => {
  await using workspace = new Workspace();
  const names = ["001_a.sql", "002_b.sql", "003_c.sql", "004_d.sql"];
  workspace.write("quotes", Object.fromEntries(names.map((name) => [name, FILE])));
  const source = directorySource(workspace.pluginsDir);
  const load = async (maxBytes: number): Promise<CollectedMigrations> => {
    const loaded = await loadMigrations(source, "quotes", maxBytes);
    if (typeof loaded === "string") throw new Error(loaded);
    return loaded;
  };
  assert.equal((await load(4 * FILE.length)).findings, []);
  const { migrations, findings } = await load(3 * FILE.length - 1);
  assert.equal(migrations.map(({ version }) => version), [1, 2]);
  assert.equal(findings.map(({ code }) => code), ["plugin-too-large"]);
  assert.match(findings[0]?.message ?? "", "With 003_c.sql the files of the plugin have more than");
});

sources("files that were not read for their size are not missing", async () => {
  await using workspace = new Workspace({ maxPluginBytes: 2 * FILE.length });
  workspace.write("quotes", { "001_a.sql": FILE, "002_b.sql": FILE });
  await workspace.apply("quotes");
  workspace.write("quotes", { "001_a.sql": `${FILE}-- edited\n` });
  const { pending_warnings, checksum_warnings } = await workspace.status("quotes");
  assert.equal(pending_warnings.map(({ code }) => code), ["plugin-too-large"]);
  assert.equal(checksum_warnings.map(({ migration_version }) => migration_version), [1]);
});

sources("load() reads 2,000 files where a process may open few", async () => {
  await using workspace = new Workspace();
  const files = Array.from({ length: 2_000 }, (_, index) => [`${1001 + index}_a.sql`, FILE]);
  workspace.write("quotes", Object.fromEntries(files));
  const program = `
    import { loadMigrations } from ${
    JSON.stringify(import.meta.resolve("../support/source_cases.ts"))
  };
    import { directorySource } from ${
    JSON.stringify(import.meta.resolve("../../lib/source/directory_source.ts"))
  };
    const loaded = await loadMigrations(directorySource(Deno.args[0]), "quotes");
    console.log(loaded.migrations.length, loaded.findings.length);
  `;
  const path = join(workspace.root, "load.ts");
  Deno.writeTextFileSync(path, program);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const run = ["run", "--no-check", "-A", "--config", config, path, workspace.pluginsDir];
  const { stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", 'ulimit -n 100; exec "$0" "$@"', Deno.execPath(), ...run],
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.is(text, "2000 0\n", new TextDecoder().decode(stderr));
});

sources.run();
