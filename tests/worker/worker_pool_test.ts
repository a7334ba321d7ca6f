// The pool of worker threads: runs never take the last one, and a dead thread answers nobody.

import * as assert from "uvu/assert";
import { startWorkerPool } from "../../lib/worker/worker_pool.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const pools = suite("worker pool");

pools("open() keeps a worker for reading while runs wait for each other", async () => {
  await using workspace = new Workspace();
  await using pool = await startWorkerPool({ dataDir: workspace.dataDir, workers: 2 });
  const order: string[] = [];
  const first = await pool.open({ kind: "plugin", plugin: "a" }, "run");
  const second = pool.open({ kind: "plugin", plugin: "b" }, "run").then((session) => {
    order.push("second run");
    return session;
  });
  const reader = await pool.open({ kind: "plugin", plugin: "c" }, "read");
  order.push("reader");
  assert.ok((await reader.inspect()).ok);
  await reader[Symbol.asyncDispose]();
  order.push("first run done");
  await first[Symbol.asyncDispose]();
  await (await second)[Symbol.asyncDispose]();
  assert.equal(order, ["reader", "first run done", "second run"]);
});

pools("many plugins at once are all migrated, each once", async () => {
  await using workspace = new Workspace({ workers: 3 });
  const plugins = Array.from({ length: 12 }, (_, index) => `plugin-${index}`);
  for (const plugin of plugins) {
    workspace.write(plugin, {
      "001_a.sql": migrationFile("CREATE TABLE t (a); INSERT INTO t VALUES (1);", "DROP TABLE t;"),
    });
  }
  const replies = await Promise.all(
    plugins.flatMap((plugin) => [
      workspace.ask("apply", plugin),
      workspace.ask("apply", plugin),
      workspace.ask("status", plugin),
    ]),
  );
  for (const reply of replies) {
    if (!reply.success) assert.is(reply.error_code, "MIGRATION_IN_PROGRESS");
  }
  for (const plugin of plugins) {
    assert.is(sqliteShell(workspace.database(plugin), "SELECT count(*) FROM t"), "1");
  }
});

pools("a worker is used again after a database failed in it", async () => {
  await using workspace = new Workspace({ workers: 2 });
  workspace.write("p", { "001_a.sql": migrationFile("CREATE TABLE t (a);", "DROP TABLE t;") });
  Deno.mkdirSync(workspace.dataDir);
  for (let round = 0; round < 3; round++) {
    Deno.writeTextFileSync(workspace.database("p"), "no database at all".repeat(100));
    assert.is((await workspace.refused("apply", "p")).error_code, "DATABASE_UNAVAILABLE");
    Deno.removeSync(workspace.database("p"));
    assert.is((await workspace.apply("p")).current_version, 1);
    await workspace.rollback("p");
  }
});

pools.run();
