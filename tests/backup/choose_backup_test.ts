// Which backup a restore takes, what it says about it, and what `backups` says about all of them.

import * as assert from "uvu/assert";
import { join } from "node:path";
import type { BackupEntry, RestoreReply } from "../../lib/message/backup_reply.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { run } from "../cli/cli_setting.ts";

const choosing = suite("choice of a backup");

const FILES = {
  "001_create.sql": migrationFile("CREATE TABLE t (a); INSERT INTO t VALUES (1);", "DROP TABLE t;"),
};

/** A plugin `p` at version 1 and one good backup, whose name is returned. */
async function withBackup(workspace: Workspace): Promise<string> {
  workspace.write("p", FILES);
  await workspace.apply("p");
  return await backUp(workspace);
}

async function backUp(workspace: Workspace): Promise<string> {
  return (await workspace.succeed("backup", "p")).backup;
}

async function restored(workspace: Workspace, body: object): Promise<RestoreReply> {
  return await workspace.succeed("restore", "p", body);
}

async function verified(workspace: Workspace): Promise<readonly BackupEntry[]> {
  return (await workspace.succeed("backups", "p", { verify: true })).backups;
}

function pathOf(workspace: Workspace, name: string): string {
  return join(workspace.dataDir, "backups", "p", name);
}

choosing("latest is the newest that can be restored, and says what it passed over", async () => {
  await using workspace = new Workspace();
  const good = await withBackup(workspace);
  Deno.removeSync(workspace.database("p"));
  sqliteShell(workspace.database("p"), "PRAGMA user_version = 1; VACUUM");
  const empty = await backUp(workspace);
  Deno.writeTextFileSync(workspace.database("p"), "not a database".repeat(100));
  const unreadable = (await restored(workspace, { backup: good })).replaced ?? "";
  const damaged = await backUp(workspace);
  Deno.writeTextFileSync(pathOf(workspace, damaged), "damaged");
  sqliteShell(workspace.database("p"), "INSERT INTO t VALUES (2)");
  for (const dry_run of [true, false]) {
    const reply = await restored(workspace, { backup: "latest", dry_run });
    assert.is(reply.restored, good);
    assert.equal(
      reply.warnings.map(({ code, message }) => [code, message.slice(0, message.indexOf(" is "))]),
      [damaged, unreadable, empty].map((name) => ["passed-over-backup", `"${name}"`]),
    );
    const [first, second, third] = reply.warnings.map(({ message }) => message);
    assert.match(first ?? "", "it is damaged: it has 7 bytes");
    assert.match(second ?? "", "SQLite could not read the database");
    assert.match(third ?? "", "was empty");
  }
  assert.is((await restored(workspace, { backup: empty })).current_version, 0);
});

choosing("where none can be restored, latest says why", async () => {
  await using workspace = new Workspace();
  const name = await withBackup(workspace);
  Deno.writeTextFileSync(pathOf(workspace, name), "damaged");
  const reply = await workspace.refused("restore", "p", { backup: "latest" });
  assert.is(reply.error_code, "RESTORE_FAILED");
  assert.match(reply.message, `None of the backups can be restored, and nothing was changed`);
  assert.match(reply.message, `"${name}": it is damaged: it has 7 bytes`);
});

choosing("a named pipe and a broken link in the directory are no backups", async () => {
  await using workspace = new Workspace();
  const good = await withBackup(workspace);
  const pipes = ["p-v9-20990101T000000000Z.sqlite3", `${good}.json`];
  Deno.removeSync(pathOf(workspace, `${good}.json`));
  for (const name of pipes) {
    await new Deno.Command("mkfifo", { args: [pathOf(workspace, name)] }).output();
  }
  Deno.symlinkSync("nowhere", pathOf(workspace, "p-v8-20990101T000000000Z.sqlite3"));
  assert.equal((await verified(workspace)).map(({ name, state }) => [name, state]), [
    [good, "restorable"],
  ]);
  assert.is((await restored(workspace, { backup: "latest" })).restored, good);
});

choosing("a restore says what it could not check without a record", async () => {
  await using workspace = new Workspace();
  const name = await withBackup(workspace);
  const cases: readonly (readonly [text: string | null, message: string])[] = [
    [null, `"${name}" could not be checked: it has no record, so its SHA-256`],
    ["garbage", `"${name}" could not be checked: it has a record that cannot be read, so its`],
  ];
  for (const [text, message] of cases) {
    if (text === null) Deno.removeSync(pathOf(workspace, `${name}.json`));
    else Deno.writeTextFileSync(pathOf(workspace, `${name}.json`), text);
    for (const dry_run of [true, false]) {
      const { warnings } = await restored(workspace, { backup: name, dry_run });
      assert.equal(warnings.map(({ code }) => code), ["unchecked-backup"]);
      assert.match(warnings[0]?.message ?? "", message);
      assert.match(warnings[0]?.message ?? "", 'names the plugin "p" and no tenant');
    }
  }
  sqliteShell(pathOf(workspace, "mine.sqlite3"), "CREATE TABLE other (a)");
  const { warnings } = await restored(workspace, { backup: "mine.sqlite3", dry_run: true });
  assert.match(warnings[0]?.message ?? "", "it has no history");
});

choosing("backups --verify fails where one is damaged, and not for unreadable bytes", async () => {
  await using workspace = new Workspace();
  const good = await withBackup(workspace);
  Deno.writeTextFileSync(workspace.database("p"), "not a database".repeat(100));
  const unreadable = (await restored(workspace, { backup: good })).replaced ?? "";
  const fine = await run(workspace, "backups", "p", "--verify");
  assert.is(fine.code, 0);
  assert.match(fine.stdout, `○ ${unreadable}:`);
  assert.match(fine.stdout, "✓ Every other backup was read and can be restored");
  assert.equal(
    (await verified(workspace)).map(({ name, state }) => [name, state]),
    [[unreadable, "unreadable"], [good, "restorable"]],
  );
  for (const name of [good, unreadable]) {
    const bytes = Deno.readFileSync(pathOf(workspace, name));
    Deno.writeFileSync(pathOf(workspace, name), bytes.with(bytes.length - 1, 7));
    assert.is((await run(workspace, "backups", "p", "--verify")).code, 1, name);
    assert.is((await run(workspace, "backups", "p")).code, 0, name);
    Deno.writeFileSync(pathOf(workspace, name), bytes);
  }
});

choosing(
  "a restore counts the rows of virtual tables, and not those of their shadow tables",
  async () => {
    await using workspace = new Workspace();
    workspace.write("p", {
      "001_fts.sql": migrationFile(
        "CREATE VIRTUAL TABLE f USING fts5(a); INSERT INTO f VALUES ('one');",
        "DROP TABLE f;",
      ),
    });
    await workspace.apply("p");
    await backUp(workspace);
    sqliteShell(workspace.database("p"), "INSERT INTO f VALUES ('two'), ('three')");
    const { rows } = await restored(workspace, { backup: "latest", dry_run: true });
    assert.equal(rows, [{ table: "f", before: 3, after: 1 }]);
  },
);

choosing.run();
