// Files that a run makes beside a database have its mode and, where the run is root's, its owner, as
// findCreateFileMode() of SQLite's own unix VFS gives them.

import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ENDLESS_INSERT } from "../support/endless.ts";
import { migrationFile } from "../support/migration_file.ts";
import { permissionsOf, PermittedMigrator } from "../support/permitted_migrator.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const modes = suite("file modes");

const IS_ROOT = Deno.uid() === 0;
const OWNER = IS_ROOT ? 65_534 : Deno.uid();

const CREATE = migrationFile("CREATE TABLE t (a); INSERT INTO t VALUES (1);", "DROP TABLE t;");

/** Gives the database of `p` to its owner alone; the lock beside it is made anew. */
function makePrivate(workspace: Workspace): void {
  const path = workspace.database("p");
  Deno.chmodSync(path, 0o600);
  if (IS_ROOT) Deno.chownSync(path, OWNER, OWNER);
  Deno.removeSync(`${path}-lock`);
}

function modeOf(path: string): readonly unknown[] {
  const { mode, uid } = Deno.statSync(path);
  return [((mode ?? 0) & 0o777).toString(8), uid];
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause();
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

for (const [journalMode, name] of [["delete", "-journal"], ["wal", "-wal"]] as const) {
  modes(`${name} and the snapshot of a run are as private as the database`, async () => {
    const stop = new AbortController();
    await using workspace = new Workspace({ signal: stop.signal });
    workspace.write("p", { "001_create.sql": CREATE });
    await workspace.apply("p");
    sqliteShell(workspace.database("p"), `PRAGMA journal_mode = ${journalMode}`);
    makePrivate(workspace);
    workspace.write("p", { "002_long.sql": migrationFile(`DELETE FROM t; ${ENDLESS_INSERT}`) });
    workspace.events.length = 0;
    const running = workspace.refused("apply", "p");
    const beside = `${workspace.database("p")}${name}`;
    // Before that the database is read, with files of its own beside it.
    await until(() => workspace.events.some(({ event }) => event === "migration_started"));
    await until(() => existsSync(beside));
    const snapshot = join(workspace.dataDir, "locks", "p.json");
    await until(() => existsSync(snapshot));
    // A file gets its owner just after it is made.
    const isOwned = (): boolean => modeOf(beside)[1] === OWNER;
    for (let round = 0; round < 100 && !isOwned(); round++) await pause();
    assert.equal(modeOf(beside), ["600", OWNER]);
    assert.equal(modeOf(`${workspace.database("p")}-lock`), ["600", OWNER]);
    assert.is(modeOf(snapshot)[0], "600");
    stop.abort();
    await running;
  });
}

modes("a backup is as private as the database, with the permissions of the service", async () => {
  await using workspace = new Workspace();
  await using service = new PermittedMigrator(permissionsOf("serve"));
  const { pluginsDir: plugins, dataDir: data } = workspace;
  const run = {
    plugins,
    data,
    busyTimeoutMs: 5_000,
    verb: "apply",
    plugin: "p",
    body: {},
  } as const;
  workspace.write("p", { "001_create.sql": CREATE });
  assert.ok((await service.ask(run)).success);
  makePrivate(workspace);
  workspace.write("p", { "002_drop.sql": migrationFile("DROP TABLE t;", "SELECT 1;") });
  const reply = await service.ask(run);
  assert.ok(reply.success && reply.verb === "apply" && reply.backup !== undefined);
  assert.equal(modeOf(reply.backup), ["600", OWNER]);
  assert.is(sqliteShell(reply.backup, "SELECT a FROM t"), "1");
});

modes.run();
