// status: it always answers, and says what is pending, wrong and going on.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { sleep } from "../../lib/deadline.ts";
import { ENDLESS_INSERT } from "../support/endless.ts";
import { openMigrator } from "../../lib/migrator.ts";
import { migrationFile } from "../support/migration_file.ts";
import { holdNatively } from "../support/native_holder.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const statuses = suite("status");

const table = (name: string): string =>
  migrationFile(`CREATE TABLE ${name} (a);`, `DROP TABLE ${name};`);

statuses("lists what is applied, pending and available", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_a.sql": table("a"),
    "002_b.sql": table("b"),
    "003_c.sql": table("c"),
  });
  const none = await workspace.status("p");
  assert.equal([none.current_version, none.pending_count, none.locked], [0, 3, false]);
  assert.equal(none.applied_migrations, []);

  await workspace.apply("p", { target_version: 2, applied_by: "ann" });
  const some = await workspace.status("p");
  assert.equal([some.current_version, some.pending_count], [2, 1]);
  assert.equal(
    some.applied_migrations.map(({ version, name, applied_by }) => [version, name, applied_by]),
    [[1, "a", "ann"], [2, "b", "ann"]],
  );
  assert.equal(some.pending_migrations, [{ version: 3, name: "c" }]);
  assert.equal(some.available_migrations.map(({ version }) => version), [1, 2, 3]);
  assert.is(some.progress, undefined);
});

statuses("says why an applied migration could not be rolled back", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_a.sql": migrationFile("CREATE TABLE a (x UNIQUE);", "INSERT INTO a VALUES (1), (1);"),
  });
  await workspace.apply("p");
  await workspace.refused("rollback", "p");
  const { applied_migrations: applied } = await workspace.status("p");
  assert.equal(applied.map(({ version }) => version), [1]);
  assert.match(applied[0]?.error_message ?? "", "UNIQUE constraint failed");
});

statuses("does not take an applied file that no longer parses for one that is gone", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": table("a") });
  await workspace.apply("p");
  workspace.write("p", { "001_a.sql": "CREATE TABLE a (x);" });
  const { pending_warnings: warnings } = await workspace.status("p");
  assert.equal([...new Set(warnings.map(({ code }) => code))], ["marker-missing"]);
});

// Prior failures: checksums that nobody looked at, and late files that were skipped in silence.
statuses("and apply and rollback notice changed, vanished and late files", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_a.sql": table("a"),
    "003_c.sql": table("c"),
    "004_d.sql": table("d"),
    "005_e.sql": table("e"),
  });
  await workspace.apply("p", { target_version: 4 });
  workspace.write("p", { "001_a.sql": `${table("a")}-- edited\n`, "002_late.sql": table("b") });
  workspace.remove("p", "003_c.sql");

  const status = await workspace.status("p");
  assert.equal([status.current_version, status.pending_count], [4, 2]);
  assert.equal(
    status.checksum_warnings.map(({ code, level, file }) => [code, level, file]),
    [["checksum-mismatch", "ERROR", "001_a.sql"]],
  );
  const pending = new Map(status.pending_warnings.map((each) => [each.code, each]));
  assert.equal([pending.get("missing-file")?.level, pending.get("missing-file")?.file], [
    "ERROR",
    "003_c.sql",
  ]);
  assert.equal([pending.get("late-migration")?.level, pending.get("late-migration")?.file], [
    "ERROR",
    "002_late.sql",
  ]);
  assert.match(pending.get("late-migration")?.message ?? "", "give it a number above 4");

  const applying = await workspace.refused("apply", "p");
  assert.is(applying.error_code, "VALIDATION_FAILED");
  assert.equal(applying.errors.map(({ code }) => code).sort(), [
    "checksum-mismatch",
    "late-migration",
    "missing-file",
  ]);
  // A rollback of version 4 does not need the file of version 3.
  const rollingBack = await workspace.refused("rollback", "p");
  assert.equal(rollingBack.errors.map(({ code }) => code).sort(), [
    "checksum-mismatch",
    "late-migration",
  ]);
  assert.ok(rollingBack.warnings.some(({ code }) => code === "missing-file"));
});

statuses("a checkout with other line ends has not drifted", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": table("a") });
  await workspace.apply("p");
  workspace.write("p", { "001_a.sql": `\ufeff${table("a").replaceAll("\n", "\r\n")}` });
  const status = await workspace.status("p");
  assert.equal([status.checksum_warnings, status.pending_warnings], [[], []]);
});

statuses("warns of what pending files would do, with counts where they are known", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_a.sql": migrationFile(
      "CREATE TABLE a (x); INSERT INTO a VALUES (1), (2);",
      "DROP TABLE a;",
    ),
  });
  await workspace.apply("p");
  workspace.write("p", { "002_drop.sql": migrationFile("DROP TABLE a;") });
  const { pending_warnings } = await workspace.status("p");
  assert.equal(pending_warnings.map(({ code, level, message }) => `${level} ${code} ${message}`), [
    "INFO no-down 002_drop.sql cannot be rolled back: its DOWN section has no statement",
    'WARNING drop-table Drops the table "a" with 2 rows',
  ]);
});

statuses("pages through every list, and the counts stay whole", async () => {
  await using workspace = new Workspace();
  workspace.write(
    "p",
    Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`00${index + 1}_t.sql`, table(`t${index}`)]),
    ),
  );
  await workspace.apply("p", { target_version: 5 });
  const whole = await workspace.status("p");
  for (const limit of [1, 2, 4]) {
    const pages = [];
    for (let offset = 0; offset < 9; offset += limit) {
      pages.push(await workspace.status("p", { limit, offset }));
    }
    assert.equal(pages.flatMap((page) => page.available_migrations), whole.available_migrations);
    assert.equal(pages.flatMap((page) => page.applied_migrations), whole.applied_migrations);
    assert.equal(pages.flatMap((page) => page.pending_migrations), whole.pending_migrations);
    for (const page of pages) {
      assert.ok(page.available_migrations.length <= limit);
      assert.equal([page.current_version, page.pending_count], [5, 4]);
    }
  }
});

statuses("of a plugin without files warns, and asks for nothing else", async () => {
  await using workspace = new Workspace();
  Deno.mkdirSync(join(workspace.pluginsDir, "p", "migrations"), { recursive: true });
  const status = await workspace.status("p");
  assert.equal(status.pending_warnings.map(({ code }) => code), ["no-migrations"]);
  assert.equal((await workspace.apply("p")).warnings.map(({ code }) => code), ["no-migrations"]);
});

statuses("answers from the snapshot while a migration of the same process runs", async () => {
  const stop = new AbortController();
  await using workspace = new Workspace({ signal: stop.signal, workers: 2 });
  workspace.write("p", {
    "001_create.sql": table("t"),
    "002_endless.sql": migrationFile(ENDLESS_INSERT, "SELECT 1;"),
  });
  workspace.write("other", { "001_a.sql": table("a") });
  const asked = workspace.ask("apply", "p", { applied_by: "ann" });
  while (
    !workspace.events.some((each) => each.event === "migration_started" && each.version === 2)
  ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const status = await workspace.status("p");
  assert.equal([status.locked, status.current_version, status.pending_count], [true, 1, 1]);
  assert.equal(
    [status.progress?.version, status.progress?.migrations_done, status.progress?.started_by],
    [2, 1, "ann"],
  );
  assert.is((await workspace.refused("apply", "p")).error_code, "MIGRATION_IN_PROGRESS");
  // Other plugins are answered meanwhile.
  assert.not.ok((await workspace.status("other")).locked);
  stop.abort();
  const reply = await asked;
  assert.is(reply.success ? null : reply.run_id, status.progress?.run_id);
  // The one that was stopped answers only what it need not wait for.
  const { pluginsDir: plugins, dataDir: data } = workspace;
  await using another = await openMigrator({ plugins, data });
  const after = await another.status("p");
  assert.ok(after.success && !after.locked);
});

statuses("waits where another program has the database to itself for a moment", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": table("a") });
  await workspace.apply("p");
  const holder = await holdNatively(workspace.database("p"), "exclusive transaction");
  const answer = workspace.status("p");
  await sleep(500);
  await holder[Symbol.asyncDispose]();
  assert.is((await answer).current_version, 1);
});

statuses.run();
