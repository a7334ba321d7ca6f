// Tenants: each has a database of its own, with its own history, lock and backups.

import { leastRequest } from "../support/least_request.ts";
import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { dispatch } from "../../lib/handler/dispatch.ts";
import type { TenantEntry } from "../../lib/message/reply.ts";
import type { PluginsRequest } from "../../lib/message/request.ts";
import { type Verb, verbs } from "../../lib/message/verbs.ts";
import { currentVersionIn } from "../support/current_version.ts";
import { ENDLESS_INSERT } from "../support/endless.ts";
import { migrationFile } from "../support/migration_file.ts";
import { MigratorProcess } from "../support/migrator_process.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const tenants = suite("tenants");

const CREATE = migrationFile("CREATE TABLE t (a);", "DROP TABLE t;");
const MORE = migrationFile("CREATE TABLE u (a);", "DROP TABLE u;");
const ACME = { tenant: "acme" };
const GLOBEX = { tenant: "globex" };

/** The files in a directory and below it, relative to it, in alphabetical order. */
function filesIn(root: string): readonly string[] {
  const list = (directory: string): readonly string[] =>
    [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) => {
      const path = join(directory, name);
      return isDirectory ? list(path) : [relative(root, path)];
    });
  return list(root).toSorted();
}

for (const journalMode of ["delete", "wal"] as const) {
  tenants(`apply creates a tenant's database, in journal mode ${journalMode}`, async () => {
    await using workspace = new Workspace({ journalMode });
    workspace.write("quotes", { "001_create.sql": CREATE, "002_more.sql": MORE });
    await workspace.apply("quotes", { ...ACME, target_version: 1 });
    await workspace.apply("quotes", GLOBEX);
    assert.is((await workspace.status("quotes", ACME)).current_version, 1);
    assert.is((await workspace.status("quotes", GLOBEX)).current_version, 2);
    assert.is((await workspace.status("quotes")).current_version, 0);
    assert.not.ok(existsSync(workspace.database("quotes")));
    const database = workspace.database("quotes", "acme");
    assert.is(database, join(workspace.dataDir, "quotes", "acme.sqlite3"));
    assert.is(sqliteShell(database, "PRAGMA journal_mode"), journalMode);
    assert.is(
      sqliteShell(database, "SELECT plugin_name, version FROM plugin_schema_migrations"),
      "quotes|1",
    );
    await workspace.rollback("quotes", { ...GLOBEX, target_version: 0 });
    assert.is((await workspace.status("quotes", ACME)).current_version, 1);
  });
}

tenants("status of a tenant without a database answers, and creates nothing", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_create.sql": CREATE });
  const status = await workspace.status("quotes", ACME);
  assert.equal([status.tenant, status.current_version, status.pending_count], ["acme", 0, 1]);
  assert.ok((await workspace.apply("quotes", { ...ACME, dry_run: true })).dry_run);
  assert.not.ok(existsSync(join(workspace.dataDir, "quotes")));
});

tenants("replies and events name the tenant, and the plugin's own name none", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", {
    "001_create.sql": CREATE,
    "002_fails.sql": migrationFile("CREATE TABLE u (a UNIQUE); INSERT INTO u VALUES (1), (1);"),
  });
  const named = async (body: object): Promise<readonly (string | undefined)[]> => {
    const replies = [
      await workspace.apply("quotes", { ...body, target_version: 1 }),
      await workspace.refused("apply", "quotes", body),
      await workspace.refused("apply", "quotes", { ...body, dryrun: true }),
      await workspace.rollback("quotes", body),
      await workspace.status("quotes", body),
    ];
    assert.ok(replies.every(({ plugin_name }) => plugin_name === "quotes"));
    const { context } = await workspace.migrator();
    const bug = await dispatch("status", "quotes", new TextEncoder().encode(JSON.stringify(body)), {
      ...context,
      source: { ...context.source, find: () => Promise.reject(new Error("a bug")) },
    });
    assert.is(bug.success || bug.error_code, "INTERNAL_ERROR");
    const events = workspace.events.splice(0);
    assert.ok(events.length > 0);
    return [...replies, bug, ...events].map(({ tenant }) => tenant);
  };
  assert.equal(new Set(await named(ACME)), new Set(["acme"]));
  assert.equal(new Set(await named({})), new Set([undefined]));
});

tenants("two tenants of a plugin are migrated at the same time", async () => {
  const interrupt = new AbortController();
  await using workspace = new Workspace({ workers: 3, signal: interrupt.signal });
  workspace.write("quotes", {
    "001_create.sql": CREATE,
    "002_endless.sql": migrationFile(ENDLESS_INSERT, "SELECT 1;"),
  });
  const started = Promise.withResolvers<void>();
  (await workspace.migrator()).subscribe((event) => {
    if (event.event === "migration_started" && event.version === 2) started.resolve();
  });
  const running = workspace.ask("apply", "quotes", { ...ACME, applied_by: "ann" });
  await Promise.race([started.promise, running]);

  assert.is((await workspace.apply("quotes", { ...GLOBEX, target_version: 1 })).current_version, 1);
  const status = await workspace.status("quotes", ACME);
  assert.equal([status.locked, status.progress?.started_by], [true, "ann"]);
  assert.not.ok((await workspace.status("quotes", GLOBEX)).locked);
  assert.not.ok((await workspace.status("quotes")).locked);
  const listed = await (await workspace.migrator()).plugins();
  assert.equal(
    listed.success && listed.tenants.map(({ tenant, locked }) => [tenant, locked]),
    [["acme", true], ["globex", false]],
  );
  const refused = await workspace.refused("rollback", "quotes", ACME);
  assert.is(refused.error_code, "MIGRATION_IN_PROGRESS");
  assert.match(refused.message, '"quotes/acme" is held by an apply by ann');
  interrupt.abort();
  assert.is(currentVersionIn(await running), 1);
});

tenants("another process sees which tenant is migrated", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", {
    "001_create.sql": CREATE,
    "002_endless.sql": migrationFile(ENDLESS_INSERT, "SELECT 1;"),
  });
  await using other = new MigratorProcess(workspace, "apply", "quotes", ACME);
  await other.sawEvent("migration_applied");
  await other.sawEvent("migration_started");
  assert.ok((await workspace.status("quotes", ACME)).locked);
  assert.is(
    (await workspace.refused("apply", "quotes", ACME)).error_code,
    "MIGRATION_IN_PROGRESS",
  );
  assert.is((await workspace.apply("quotes", { ...GLOBEX, target_version: 1 })).current_version, 1);
});

tenants("a failure and a changed file are one tenant's", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", {
    "001_create.sql": CREATE,
    "002_unique.sql": migrationFile("CREATE UNIQUE INDEX i ON t (a);", "DROP INDEX i;"),
  });
  for (const body of [ACME, GLOBEX]) {
    await workspace.apply("quotes", { ...body, target_version: 1 });
  }
  sqliteShell(workspace.database("quotes", "acme"), "INSERT INTO t VALUES (1), (1)");
  assert.is((await workspace.refused("apply", "quotes", ACME)).error_code, "MIGRATION_FAILED");
  await workspace.apply("quotes", GLOBEX);
  assert.is((await workspace.status("quotes", ACME)).failed_migrations.length, 1);
  assert.is((await workspace.status("quotes", GLOBEX)).failed_migrations.length, 0);

  workspace.write("quotes", { "002_unique.sql": MORE });
  assert.is((await workspace.status("quotes", ACME)).checksum_warnings.length, 0);
  assert.is((await workspace.status("quotes", GLOBEX)).checksum_warnings.length, 1);
});

tenants("a reviewed plan runs on every database that it was made for", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_create.sql": CREATE, "002_more.sql": MORE });
  await workspace.apply("quotes");
  for (const body of [ACME, GLOBEX]) {
    await workspace.apply("quotes", { ...body, target_version: 1 });
  }
  const { plan_hash } = await workspace.apply("quotes", { ...ACME, dry_run: true });
  await workspace.apply("quotes", { ...GLOBEX, plan_hash });
  assert.is((await workspace.refused("apply", "quotes", { plan_hash })).error_code, "PLAN_CHANGED");
});

tenants("backups of tenants lie apart, whatever their names", async () => {
  await using workspace = new Workspace();
  const destroy = migrationFile("DROP TABLE t;", "CREATE TABLE t (a);");
  const addresses = [
    { plugin: "x", directory: "x" },
    { plugin: "x", tenant: "x", directory: "x/x" },
    { plugin: "y", tenant: "x", directory: "y/x" },
    { plugin: "x-y", directory: "x-y" },
  ];
  for (const { plugin, directory, ...body } of addresses) {
    workspace.write(plugin, { "001_create.sql": CREATE, "002_destroy.sql": destroy });
    await workspace.apply(plugin, { ...body, target_version: 1 });
    const database = workspace.database(plugin, body.tenant);
    sqliteShell(database, `INSERT INTO t VALUES ('${directory}')`);
    const { backup = "" } = await workspace.apply(plugin, body);
    assert.is(dirname(backup), join(workspace.dataDir, "backups", directory));
    assert.is(sqliteShell(backup, "SELECT a FROM t"), directory);
  }
});

tenants("databases and locks lie apart, whatever their names", async () => {
  await using workspace = new Workspace();
  const addresses = [
    { plugin: "a" },
    { plugin: "a", tenant: "b" },
    { plugin: "a-b" },
    { plugin: "a-b", tenant: "a" },
    { plugin: "b", tenant: "a" },
  ];
  for (const { plugin, ...body } of addresses) {
    workspace.write(plugin, { "001_create.sql": CREATE });
    assert.is((await workspace.apply(plugin, body)).applied_migrations.length, 1);
  }
  const names = ["a", "a-b", "a-b/a", "a/b", "b/a"];
  const files = filesIn(workspace.dataDir).filter((path) => !path.endsWith("-lock"));
  assert.equal(
    files,
    [
      ...names.map((name) => `${name}.sqlite3`),
      ...names.map((name) => `locks/${name}.lock`),
    ].toSorted(),
  );
});

// A rollout is about all of them.
const OF_ONE_DATABASE = verbs().filter((verb) => verb !== "rollout");

tenants("a name that is not allowed is no tenant, and no path is made of it", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_create.sql": CREATE });
  await workspace.apply("quotes");
  const before = filesIn(workspace.root);
  const names = ["../x", "a/b", "..", ".", "Acme", "", "a".repeat(65), "a.b", "-a", "a\0", 5, null];
  for (const tenant of names) {
    for (const verb of OF_ONE_DATABASE) {
      const reply = await workspace.refused(verb, "quotes", { tenant });
      assert.is(reply.error_code, "INVALID_REQUEST", String(tenant));
      assert.match(reply.message, "tenant: expected");
      assert.is(reply.tenant, undefined);
    }
  }
  assert.equal(filesIn(workspace.root), before);
  const { tenant } = await workspace.apply("quotes", { tenant: "a".repeat(64) });
  assert.is(tenant, "a".repeat(64));
});

tenants("a plugin whose directory would be godwit's own has none", async () => {
  await using workspace = new Workspace();
  for (const plugin of ["backups", "locks"]) {
    workspace.write(plugin, { "001_create.sql": CREATE });
    for (const verb of OF_ONE_DATABASE) {
      const reply = await workspace.refused(verb, plugin, { ...ACME, ...leastRequest(verb) });
      assert.is(reply.error_code, "INVALID_REQUEST");
      assert.match(reply.message, `"${plugin}" cannot have tenants`);
      assert.is(reply.tenant, "acme");
    }
    assert.is((await workspace.apply(plugin)).current_version, 1);
  }
});

tenants("a file in the place of the directory is named", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_create.sql": CREATE });
  Deno.mkdirSync(workspace.dataDir);
  Deno.writeTextFileSync(join(workspace.dataDir, "quotes"), "");
  // Backups and locks are in other directories.
  const elsewhere: readonly Verb[] = ["backups", "restore", "cancel"];
  for (const verb of OF_ONE_DATABASE.filter((each) => !elsewhere.includes(each))) {
    const reply = await workspace.refused(verb, "quotes", { ...ACME, ...leastRequest(verb) });
    assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
    assert.match(reply.message, join(workspace.dataDir, "quotes"));
  }
});

tenants("plugins reports the databases of tenants, a page at a time", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_create.sql": CREATE, "002_more.sql": MORE });
  workspace.write("votes", { "001_create.sql": CREATE });
  await workspace.apply("quotes", { ...ACME, target_version: 1 });
  await workspace.apply("quotes", GLOBEX);
  await workspace.apply("votes", ACME);
  Deno.writeTextFileSync(join(workspace.dataDir, "quotes", "Not a tenant.sqlite3"), "");
  Deno.writeTextFileSync(workspace.database("quotes", "torn"), "not a database".repeat(100));
  workspace.write("votes", { "001_create.sql": `${CREATE}-- Changed\n` });
  const migrator = await workspace.migrator();
  const list = async (request: PluginsRequest): Promise<readonly TenantEntry[]> => {
    const reply = await migrator.plugins(request);
    assert.is(reply.success && reply.tenant_count, 4);
    return reply.success ? reply.tenants : [];
  };
  const [acme, globex, torn, votes, ...others] = await list({});
  const state = { plugin_name: "quotes", locked: false, problem: null };
  assert.equal(acme, { ...state, tenant: "acme", current_version: 1, pending_count: 1 });
  assert.equal(globex, { ...state, tenant: "globex", current_version: 2, pending_count: 0 });
  assert.equal([torn?.tenant, torn?.current_version], ["torn", null]);
  assert.match(torn?.problem ?? "", /not a database/);
  assert.match(votes?.problem ?? "", /001_create\.sql changed after it was applied/);
  assert.equal(others, []);
  const page = await list({ limit: 2, offset: 1 });
  assert.equal(page.map(({ tenant }) => tenant), ["globex", "torn"]);
});

tenants.run();
