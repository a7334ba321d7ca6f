// The pool of worker threads: runs never take the last one, and calls of a dead thread reject.

import { DEFAULT_BACKUP_RULES } from "../../lib/backup/backup_rules.ts";
import * as assert from "uvu/assert";
import { deadlineIn, endsWithin } from "../../lib/deadline.ts";
import type { Databases, DatabaseSession } from "../../lib/database/session.ts";
import type { SourceFile } from "../../lib/source/source_file.ts";
import { startWorkerPool } from "../../lib/database/worker_pool.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const pools = suite("worker pool");

async function* unapplied(texts: Readonly<Record<string, string>>): AsyncGenerator<SourceFile> {
  for (const [file, text] of Object.entries(texts)) {
    yield { file, bytes: new TextEncoder().encode(text) };
  }
}

const LATEST = { direction: "apply", version: "latest" } as const;

function startPool({ dataDir }: Workspace, workers: number): Promise<Databases> {
  return startWorkerPool({
    dataDir,
    journalMode: "delete",
    busyTimeoutMs: 5_000,
    exclusive: false,
    backups: DEFAULT_BACKUP_RULES,
    workers,
  });
}

/** The threads that begin from now on. Disposing of it ends those that are left. */
class WatchedThreads implements Disposable {
  readonly running: Set<Worker> = new Set();
  ended = 0;
  readonly #original = globalThis.Worker;

  constructor() {
    const onStart = (worker: Worker): unknown => this.running.add(worker);
    const onEnd = (worker: Worker): void => {
      this.running.delete(worker);
      this.ended += 1;
    };
    globalThis.Worker = class extends this.#original {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        onStart(this);
      }
      override terminate(): void {
        onEnd(this);
        super.terminate();
      }
    };
  }

  [Symbol.dispose](): void {
    globalThis.Worker = this.#original;
    for (const worker of this.running) worker.terminate();
  }
}

/** A session on a database; `resources` ends it and its pool. */
async function openSession(
  workspace: Workspace,
  resources: AsyncDisposableStack,
): Promise<DatabaseSession> {
  const pool = resources.use(await startPool(workspace, 2));
  return resources.use(await pool.open({ kind: "plugin", plugin: "p", tenant: null }, "run"));
}

pools("open() keeps a worker for reading while runs wait for each other", async () => {
  await using workspace = new Workspace();
  await using pool = await startPool(workspace, 2);
  const order: string[] = [];
  const first = await pool.open({ kind: "plugin", plugin: "a", tenant: null }, "run");
  const second = pool.open({ kind: "plugin", plugin: "b", tenant: null }, "run").then((session) => {
    order.push("second run");
    return session;
  });
  const reader = await pool.open({ kind: "plugin", plugin: "c", tenant: null }, "read");
  order.push("reader");
  assert.ok((await reader.history()).ok);
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

pools("a rehearsal whose own SQL is interrupted is an interrupted rehearsal", async () => {
  await using workspace = new Workspace();
  const tables = Array.from({ length: 500 }, (_, index) => `CREATE TABLE t${index} (a, b, c);`);
  workspace.write("p", { "001_a.sql": migrationFile(tables.join("\n"), "SELECT 1;") });
  await workspace.apply("p");
  await using resources = new AsyncDisposableStack();
  const session = await openSession(workspace, resources);
  const second = { "002_b.sql": migrationFile("CREATE TABLE u (a);") };
  await session.load(unapplied(second));
  const outcome = await session.prepare(
    LATEST,
    deadlineIn(0, new AbortController().signal),
  );
  assert.is(outcome.ok && outcome.value.interrupted, "timeout");
});

pools("execute() runs nothing but the plan that was prepared last in its session", async () => {
  await using workspace = new Workspace();
  await using resources = new AsyncDisposableStack();
  const session = await openSession(workspace, resources);
  const time = deadlineIn(10_000, new AbortController().signal);
  const execute = async (hash: string): Promise<boolean> => {
    const run = {
      runId: "1",
      mode: "commit",
      appliedBy: "system",
      transaction: "migration",
    } as const;
    const outcome = await session.execute(hash, run, time, () => {});
    return outcome.ok && outcome.value.end.kind === "completed";
  };
  await session.load(unapplied({ "001_a.sql": migrationFile("CREATE TABLE t (a);") }));
  const first = await session.prepare(LATEST, time);
  await session.load(unapplied({ "002_b.sql": migrationFile("CREATE TABLE u (a);") }));
  const second = await session.prepare(LATEST, time);
  if (!first.ok || !second.ok) throw new Error("The plans cannot be prepared");
  const refused = await execute(first.value.hash).catch((error) => String(error));
  assert.match(String(refused), "Only a plan that was prepared in this session is executed");
});

pools("a worker that took much memory is ended, another is kept", async () => {
  using threads = new WatchedThreads();
  await using workspace = new Workspace({ workers: 2 });
  workspace.write("p", { "001_a.sql": migrationFile("CREATE TABLE t (a);", "DROP TABLE t;") });
  await workspace.apply("p");
  assert.is(threads.ended, 0);
  workspace.write("p", {
    "002_b.sql": migrationFile("SELECT length(zeroblob(300000000) || 'x');", "SELECT 1;"),
  });
  await workspace.apply("p");
  assert.is(threads.ended, 1);
});

pools("threads that are started for requests end with the pool", async () => {
  await using workspace = new Workspace();
  using threads = new WatchedThreads();
  const pool = await startPool(workspace, 3);
  const opened = ["a", "b", "c", "d"].map((plugin) =>
    pool.open({ kind: "plugin", plugin, tenant: null }, "read")
      .then((session) => session[Symbol.asyncDispose]())
  );
  await opened[0];
  await pool[Symbol.asyncDispose]();
  await endsWithin(3_000, Promise.allSettled(opened));
  assert.is(threads.running.size, 0);
});

pools.run();
