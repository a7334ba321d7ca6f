// The sandbox's engine: files that are deleted from the page are not needed for a rollback.

import * as assert from "uvu/assert";
import { memoryEnvironment } from "../../../lib/browser/database/memory_environment.ts";
import { SandboxHost } from "../../../lib/browser/database/sandbox_host.ts";
import { memorySource } from "../../../lib/browser/owner/memory_source.ts";
import { WireRequests } from "../../../lib/browser/owner/wire_requests.ts";
import type { Databases, DatabaseSession } from "../../../lib/database/session.ts";
import type { SandboxEvent } from "../../../lib/browser/sandbox.ts";
import { memoryLocks } from "../../../lib/lock/memory_locks.ts";
import { migrationSource } from "../../../lib/source/file_source.ts";
import { loadSqlite } from "../../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../../lib/sqlite/wasm_module.js";
import { suite } from "../../support/suite.ts";
import { TEN } from "../../support/ten_migrations.ts";

const undo = suite("rollback without files in the sandbox");

const DEADLINE = { timeoutMs: 60_000, cancelFlag: null };

/** The database worker of the sandbox, in this thread. */
async function sandboxDatabases(): Promise<Databases> {
  const sqlite3 = await loadSqlite(sqliteModule);
  const host = new SandboxHost(
    () => Promise.resolve(sqlite3),
    () => Promise.resolve(memoryEnvironment(sqlite3)),
  );
  await host.start(sqliteModule, { kind: "memory" });
  const session: DatabaseSession = {
    history: () => host.history(),
    log: (range) => host.log(range),
    async load(files) {
      await host.addFiles(await Array.fromAsync(files));
      return { ok: true, value: host.files() };
    },
    prepare: (target, _deadline, onPlanned = () => {}) =>
      host.prepare(target, new Map(), DEADLINE, onPlanned),
    generate: (request) => host.generate(request, DEADLINE),
    dump: () => host.dump(DEADLINE),
    execute: (hash, request, _deadline, onEvent) => host.execute(hash, request, DEADLINE, onEvent),
    listBackups: (request) => host.listBackups(request),
    makeBackup: (runId) => host.makeBackup(runId, DEADLINE),
    restore: (request) => host.restore(request, DEADLINE),
    [Symbol.asyncDispose]() {
      host.close();
      return Promise.resolve();
    },
  };
  return {
    engineVersion: sqlite3.version.libVersion,
    tenantsOf: null,
    stuckThreads: 0,
    async open(target) {
      await host.open(target, null);
      return session;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

undo("undoes ten migrations whose files were deleted", async () => {
  const saved = memorySource();
  const encoder = new TextEncoder();
  await saved.save(
    "p",
    Object.entries(TEN).map(([file, text]) => ({ file, bytes: encoder.encode(String(text)) })),
  );
  const events: SandboxEvent[] = [];
  const wire = new WireRequests({
    source: migrationSource(saved),
    databases: await sandboxDatabases(),
    locks: memoryLocks(),
    log: () => {},
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
  });
  const applied = await wire.request("apply", "p", "{}");
  assert.ok(applied.success, JSON.stringify(applied));
  await saved.delete("p");
  const status = await wire.request("status", "p", "{}");
  assert.ok(status.success && status.verb === "status", JSON.stringify(status));
  assert.is(status.applied_migrations.length, 10);
  const back = await wire.request("rollback", "p", '{"target_version":0}');
  assert.ok(back.success && back.verb === "rollback", JSON.stringify(back));
  assert.is(back.current_version, 0);
  assert.is(back.warnings.filter(({ code }) => code === "from-history").length, 10);
  const history = await wire.request("history", "p", '{"limit":1}');
  assert.ok(history.success && history.verb === "history", JSON.stringify(history));
  assert.equal(history.entries.map(({ version, outcome }) => [version, outcome]), [
    [1, "rolled_back"],
  ]);
  assert.is(history.entry_count, 20);
});

undo.run();
