// What a restore does with what it finds in the place of the database.

import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RestoreReply } from "../../lib/message/backup_reply.ts";
import { migrationFile } from "../support/migration_file.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const replacing = suite("replacement by a backup");

const FILES = {
  "001_create.sql": migrationFile("CREATE TABLE t (a); INSERT INTO t VALUES (1);", "DROP TABLE t;"),
};

/** A plugin `p` at version 1 and one backup of it. */
async function withBackup(journalMode: "delete" | "wal" = "delete"): Promise<Workspace> {
  const workspace = new Workspace({ journalMode });
  workspace.write("p", FILES);
  await workspace.apply("p");
  await workspace.succeed("backup", "p");
  return workspace;
}

async function restored(workspace: Workspace): Promise<RestoreReply> {
  return await workspace.succeed("restore", "p", { backup: "latest" });
}

replacing("a symbolic link stays, and the file that it leads to is replaced", async () => {
  await using workspace = await withBackup();
  const link = workspace.database("p");
  const elsewhere = join(workspace.root, "elsewhere");
  const target = join(elsewhere, "real.sqlite3");
  Deno.mkdirSync(elsewhere);
  Deno.writeTextFileSync(target, "not a database".repeat(100));
  Deno.writeTextFileSync(`${target}-wal`, "its log");
  Deno.removeSync(link);
  Deno.symlinkSync(target, link);
  const { replaced } = await restored(workspace);
  assert.ok(Deno.lstatSync(link).isSymlink);
  assert.ok(isIntact(target));
  assert.is(sqliteShell(target, "SELECT a FROM t"), "1");
  const left = [...Deno.readDirSync(elsewhere)].map(({ name }) => name);
  assert.equal(left.filter((name) => !name.endsWith("-lock")), ["real.sqlite3"]);
  const kept = join(workspace.dataDir, "backups", "p", replaced ?? "");
  assert.match(Deno.readTextFileSync(kept), "not a database");
  assert.is(Deno.readTextFileSync(`${kept}-wal`), "its log");
});

for (const journalMode of ["delete", "wal"] as const) {
  replacing(`a log without its database is kept with journal_mode=${journalMode}`, async () => {
    await using workspace = await withBackup(journalMode);
    const path = workspace.database("p");
    for (const suffix of ["", "-wal", "-shm"]) {
      if (existsSync(`${path}${suffix}`)) Deno.removeSync(`${path}${suffix}`);
    }
    const log = crypto.getRandomValues(new Uint8Array(5000));
    Deno.writeFileSync(`${path}-wal`, log);
    const reply = await restored(workspace);
    const kept = join(workspace.dataDir, "backups", "p", reply.replaced ?? "");
    assert.equal(Deno.readFileSync(`${kept}-wal`), log);
    assert.is(reply.previous_version, null);
    assert.ok(isIntact(path));
    assert.is(sqliteShell(path, "PRAGMA journal_mode; SELECT a FROM t"), `${journalMode}\n1`);
  });
}

replacing("a dry run finds the refusal of another page size in WAL mode", async () => {
  await using workspace = await withBackup();
  const path = workspace.database("p");
  sqliteShell(path, "PRAGMA page_size = 8192; VACUUM; PRAGMA journal_mode = WAL;");
  const [dry, wet] = [
    await workspace.refused("restore", "p", { backup: "latest", dry_run: true }),
    await workspace.refused("restore", "p", { backup: "latest" }),
  ];
  assert.match(dry.message, "in WAL mode it cannot change");
  assert.equal([dry.error_code, dry.message], [wet.error_code, wet.message]);
});

replacing.run();
