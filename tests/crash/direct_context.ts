// What handlers need, in this thread and on the engine's storage, so that storages can be made to fail.

import { nothingKnown } from "../../lib/handler/known.ts";
import { dirname } from "node:path";
import type { HandlerContext } from "../../lib/handler/context.ts";
import { passOn, untraced } from "../../lib/trace/span.ts";
import { UNOBSERVED_WORK } from "../../lib/handler/work_observer.ts";
import type { Migration } from "../../lib/migration/migration.ts";
import { NO_QUERY_FILES } from "../../lib/migration/query_file.ts";
import { WorkerDatabase } from "../../lib/database/worker_database.ts";
import type { DatabaseSession } from "../../lib/database/session.ts";
import type { SourceFile } from "../../lib/source/source_file.ts";
import type { Engine } from "./engine.ts";
import { backupPlace, DATABASE, PLUGIN } from "./migration_session.ts";

/** Makes a context whose one plugin has `migrations` and its database at `path`. */
export function directContext(
  engine: Engine,
  migrations: readonly Migration[],
  path: string = DATABASE,
): HandlerContext {
  return {
    source: {
      plugins: () => Promise.resolve({ ok: true, names: [PLUGIN] }),
      find: () => Promise.resolve({ found: true, files: noFiles() }),
    },
    databases: {
      engineVersion: engine.sqlite3.version.libVersion,
      tenantsOf: null,
      stuckThreads: 0,
      open: () => Promise.resolve(openSession(engine, migrations, path)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    locks: {
      acquire: () => ({
        kind: "acquired",
        cancelled: new AbortController().signal,
        publish() {},
        advance() {},
        release() {},
      }),
      current: () => null,
      cancel: () => Promise.resolve({ kind: "idle" }),
    },
    now: () => new Date("2026-01-01T00:00:00Z"),
    known: nothingKnown(),
    newId: () => "id",
    elapsedMs: () => performance.now(),
    publish() {},
    beforeRun: () => Promise.resolve(),
    beginRequest: passOn,
    span: untraced(null),
    observer: UNOBSERVED_WORK,
    log(level, message, fields) {
      if (level === "error") throw new Error(`${message}: ${JSON.stringify(fields)}`);
    },
    signal: new AbortController().signal,
  };
}

// The session has the migrations already.
async function* noFiles(): AsyncGenerator<SourceFile> {}

function openSession(
  engine: Engine,
  migrations: readonly Migration[],
  path: string,
): DatabaseSession {
  const place = {
    kind: "plugin",
    plugin: PLUGIN,
    tenant: null,
    path,
    backups: backupPlace(engine, dirname(path)),
  } as const;
  const database = new WorkerDatabase(engine, place);
  return {
    history: () => database.history(),
    log: (range) => database.log(range),
    load: () => Promise.resolve({ ok: true, value: { migrations, findings: [], queryFiles: 0 } }),
    prepare: (target, deadline, onPlanned = () => {}) =>
      database.prepare({ migrations, findings: [], queries: NO_QUERY_FILES, target }, deadline, {
        onPlanned,
        onRehearsed() {},
        endlessAfter: () => undefined,
      }),
    generate: (request, deadline) => database.generate(migrations, request, deadline),
    dump: (deadline) => database.dump(migrations, deadline),
    execute: (hash, request, deadline, onEvent) =>
      database.execute(hash, request, deadline, onEvent),
    listBackups: (request) => database.backups.list(request),
    makeBackup: (runId, deadline) => database.backups.make({ reason: "request", runId }, deadline),
    restore: (request, deadline) => database.backups.restore(request, deadline),
    [Symbol.asyncDispose]() {
      return Promise.resolve();
    },
  };
}
