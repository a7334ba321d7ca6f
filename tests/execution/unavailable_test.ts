// Databases that cannot be used: each says why and what to do, and is left as it was.

import * as assert from "uvu/assert";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FailureReply } from "../../lib/message/any_reply.ts";
import { migrationFile } from "../support/migration_file.ts";
import { holdNatively } from "../support/native_holder.ts";
import { fingerprint } from "../support/fingerprint.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { untouched } from "../support/untouched.ts";
import { Workspace } from "../support/workspace.ts";

const unavailable = suite("unavailable databases");

const CREATE = migrationFile("CREATE TABLE t (a); INSERT INTO t VALUES (1);", "DROP TABLE t;");
const MORE = migrationFile("INSERT INTO t VALUES (2);", "DELETE FROM t WHERE a = 2;");

/** Version 1 is applied and version 2 pending. */
async function prepare(workspace: Workspace): Promise<void> {
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  workspace.write("p", { "002_more.sql": MORE });
}

/** Every way of running is refused, in the same words each time, and nothing changes. */
async function refusesRuns(workspace: Workspace, says: string): Promise<void> {
  for (
    const [verb, body] of [
      ["apply", { dry_run: true }],
      ["apply", {}],
      ["rollback", {}],
      ["apply", {}],
    ] as const
  ) {
    assertUnavailable(await workspace.refused(verb, "p", body), says);
  }
}

function assertUnavailable(reply: FailureReply, says: string): void {
  assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
  assert.match(reply.message, says);
}

unavailable("a file that is not a database", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  Deno.mkdirSync(workspace.dataDir);
  Deno.writeTextFileSync(workspace.database("p"), "not a database\n".repeat(1000));
  const says = "is not a SQLite database, or it is encrypted: move it away or restore a backup";
  await untouched(workspace, "p", async () => {
    const refused = await workspace.refused("status", "p");
    assertUnavailable(refused, says);
    assert.is(refused.sqlite_code, "SQLITE_NOTADB");
    await refusesRuns(workspace, says);
  });
  // Nothing of it stays locked or remembered.
  Deno.removeSync(workspace.database("p"));
  assert.is((await workspace.apply("p")).current_version, 1);
});

unavailable("a directory in its place", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  Deno.mkdirSync(workspace.database("p"), { recursive: true });
  await refusesRuns(workspace, "directory");
  assert.equal(readdirSync(workspace.database("p")), []);
});

unavailable("a data directory that is a file", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  Deno.writeTextFileSync(workspace.dataDir, "");
  const reply = await workspace.refused("apply", "p");
  assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
});

unavailable("a database that is corrupt", async () => {
  await using workspace = new Workspace();
  await prepare(workspace);
  const whole = Deno.readFileSync(workspace.database("p"));
  for (const [from, to] of [[100, 4096], [4096, 4096 * 3]] as const) {
    Deno.writeFileSync(workspace.database("p"), whole.slice().fill(0xab, from, to));
    const says = "database disk image is malformed; the file is damaged: restore a backup";
    await untouched(workspace, "p", async () => {
      assertUnavailable(await workspace.refused("status", "p"), says);
      await refusesRuns(workspace, says);
    });
  }
  Deno.writeFileSync(workspace.database("p"), whole);
  assert.is((await workspace.apply("p")).current_version, 2);
});

unavailable("an empty file is a new database, not a broken one", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  Deno.mkdirSync(workspace.dataDir);
  Deno.writeTextFileSync(workspace.database("p"), "");
  await untouched(workspace, "p", () => workspace.apply("p", { dry_run: true }));
  assert.is((await workspace.apply("p")).current_version, 1);
});

// As root the permission bits stop nobody; godwit holds itself to them.
unavailable("a database that is read-only: status answers, runs are refused", async () => {
  await using workspace = new Workspace();
  await prepare(workspace);
  for (const mode of ["wal", "delete"]) {
    Deno.chmodSync(workspace.database("p"), 0o644);
    sqliteShell(workspace.database("p"), `PRAGMA journal_mode = ${mode}`);
    Deno.chmodSync(workspace.database("p"), 0o444);
    await untouched(workspace, "p", async () => {
      const status = await workspace.status("p");
      assert.equal([status.current_version, status.pending_count], [1, 1]);
      // A dry run writes nothing to the file.
      await workspace.apply("p", { dry_run: true });
      for (const verb of ["apply", "rollback"] as const) {
        const says = "make the file writable and try again";
        assertUnavailable(await workspace.refused(verb, "p"), says);
      }
    });
  }
  Deno.chmodSync(workspace.database("p"), 0o644);
  assert.is((await workspace.apply("p")).current_version, 2);
});

for (
  const [how, mode] of [
    ["exclusive transaction", "delete"],
    ["open reader", "delete"],
    ["write transaction", "wal"],
  ] as const
) {
  unavailable(`a database that another program holds: ${how}`, async () => {
    await using workspace = new Workspace({ busyTimeoutMs: 200 });
    await prepare(workspace);
    sqliteShell(workspace.database("p"), `PRAGMA journal_mode = ${mode}`);
    const before = fingerprint(workspace.database("p"));
    {
      await using _holder = await holdNatively(workspace.database("p"), how);
      const says = "end its transaction, or close the database there, and try again";
      const reply = await workspace.refused("apply", "p");
      assertUnavailable(reply, says);
      assert.match(reply.message, "another program was reading or writing it for 0.2 seconds");
      assert.is(fingerprint(workspace.database("p")), before);
    }
    assert.is((await workspace.apply("p")).current_version, 2);
    assert.ok(isIntact(workspace.database("p")));
  });
}

/** Gives the data directory a file system of its own, of so many KiB. */
async function smallDisk(workspace: Workspace, kibibytes: number): Promise<AsyncDisposable> {
  Deno.mkdirSync(workspace.dataDir);
  const run = async (program: string, ...args: string[]): Promise<void> => {
    const { success, stderr } = await new Deno.Command(program, { args }).output();
    if (!success) {
      const reason = new TextDecoder().decode(stderr).trim();
      throw new Error(`The test of full disks must run where it may mount: ${reason}`);
    }
  };
  await run("mount", "-t", "tmpfs", "-o", `size=${kibibytes}k`, "tmpfs", workspace.dataDir);
  return { [Symbol.asyncDispose]: () => run("umount", workspace.dataDir) };
}

const fill = (count: number): string =>
  `CREATE TABLE big (a); WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ${count})
   INSERT INTO big SELECT randomblob(3000) FROM c;`;

// With 250 rows all fits into the page cache, so that COMMIT itself is what fails; with 2,000 the
// statement does.
for (const [when, count] of [["at COMMIT", 250], ["in a statement", 2000]] as const) {
  unavailable(
    `a disk that is full ${when}: what was committed stays, and is all that is told`,
    async () => {
      await using workspace = new Workspace();
      await using _disk = await smallDisk(workspace, 600);
      await prepare(workspace);
      workspace.write("p", { "003_big.sql": migrationFile(fill(count), "DROP TABLE big;") });
      const reply = await workspace.refused("apply", "p");
      assertUnavailable(reply, "make room on the disk and try again");
      assert.match(reply.message, "Applying 003_big.sql failed and was undone");
      assert.equal(reply.applied_migrations?.map(({ version }) => version), [2]);
      assert.equal([reply.failed_version, reply.current_version], [3, 2]);
      assert.equal(
        workspace.events.flatMap((event) =>
          event.event === "migration_applied" ? [event.version] : []
        ),
        [1, 2],
      );
      assert.is((await workspace.status("p")).current_version, 2);
      assert.ok(isIntact(workspace.database("p")));
      assert.is(sqliteShell(workspace.database("p"), "SELECT count(*) FROM t"), "2");

      workspace.write("p", { "003_big.sql": migrationFile(fill(10), "DROP TABLE big;") });
      assert.is((await workspace.apply("p")).current_version, 3);
    },
  );
}

unavailable("a disk that is too full for the backup: nothing is taken away", async () => {
  await using workspace = new Workspace();
  await using _disk = await smallDisk(workspace, 6000);
  workspace.write("p", { "001_create.sql": migrationFile(fill(150), "DROP TABLE big;") });
  await workspace.apply("p");
  Deno.writeFileSync(join(workspace.dataDir, "ballast"), new Uint8Array(4_500_000));
  workspace.write("p", { "002_drop.sql": migrationFile("DROP TABLE big;", "SELECT 1;") });
  const reply = await untouched(workspace, "p", () => workspace.refused("apply", "p"));
  assertUnavailable(reply, "Cannot back up before the first destructive step: it needs");
  assert.match(reply.message, "make room and try again");
  assert.equal([...Deno.readDirSync(join(dirname(workspace.database("p")), "backups", "p"))], []);
  assert.is(sqliteShell(workspace.database("p"), "SELECT count(*) FROM big"), "150");
});

unavailable.run();
