// The worker thread that runs SQL, so that the event loop never waits for it. For Deno.

import * as Comlink from "comlink";
import { join } from "node:path";
import type { ExecutionEvent } from "../execute/execution.ts";
import type { Limits } from "../execute/interrupter.ts";
import type { DatabaseBase } from "../execute/database_base.ts";
import type { Execution } from "../execute/execution.ts";
import type { History } from "../plan/history.ts";
import type { MigrationPlan, PlanStep } from "../plan/migration_plan.ts";
import { loadSqlite } from "../sqlite/load_sqlite.ts";
import { installVfs } from "../vfs/install_vfs.ts";
import { nodeStorage } from "../vfs/node_storage.ts";
import { backupDirectory } from "./backup_directory.ts";
import type { ExecutionRequest, Outcome, RehearsalReport, SessionTarget } from "./session.ts";
import { WorkerDatabase, type WorkerEnvironment } from "./worker_database.ts";

/** How long a call may take, in a form that crosses threads. */
export interface WirePatience {
  readonly timeoutMs: number;
  readonly cancelFlag: Int32Array | null;
}

/** What the pool calls in a worker. One database is open at a time. */
export interface DatabaseWorker {
  /** Starts SQLite from a compiled module; returns its version. */
  start(module: WebAssembly.Module, dataDir: string): Promise<string>;
  open(target: SessionTarget): void;
  inspect(): Promise<Outcome<DatabaseBase>>;
  history(): Promise<Outcome<History>>;
  rehearse(steps: readonly PlanStep[], patience: WirePatience): Promise<Outcome<RehearsalReport>>;
  execute(
    plan: MigrationPlan,
    request: ExecutionRequest,
    patience: WirePatience,
    onEvent: (event: ExecutionEvent) => void | Promise<void>,
  ): Promise<Outcome<Execution>>;
  /** Closes the database; returns the bytes of memory that SQLite has, which never become fewer. */
  close(): number;
}

let environment: WorkerEnvironment | null = null;
let dataDirectory = "";
let database: WorkerDatabase | null = null;

const worker: DatabaseWorker = {
  async start(module, dataDir) {
    const sqlite3 = await loadSqlite(module);
    const storage = nodeStorage();
    environment = { sqlite3, storage, vfs: installVfs(sqlite3, storage, "godwit") };
    dataDirectory = dataDir;
    return sqlite3.version.libVersion;
  },

  open(target) {
    if (environment === null) throw new Error("open() before start()");
    const plugin = target.kind === "plugin" ? target.plugin : "";
    database = new WorkerDatabase(environment, {
      plugin,
      path: target.kind === "plugin" ? join(dataDirectory, `${plugin}.sqlite3`) : null,
      backups: backupDirectory(join(dataDirectory, "backups", plugin), environment.storage),
    });
  },

  inspect: () => opened().inspect(),
  history: () => opened().history(),
  rehearse: (steps, patience) => opened().rehearse(steps, limitsOf(patience)),
  async execute(plan, request, patience, onEvent) {
    const received: (void | Promise<void>)[] = [];
    const report = (event: ExecutionEvent): void => {
      received.push(onEvent(event));
    };
    const outcome = await opened().execute(plan, request, limitsOf(patience), report);
    // Events take another channel than the result, and it must not overtake them.
    await Promise.all(received);
    return outcome;
  },

  close() {
    database?.close();
    database = null;
    return environment?.sqlite3.wasm.heap8u().byteLength ?? 0;
  },
};

function opened(): WorkerDatabase {
  if (database === null) throw new Error("No database is open");
  return database;
}

// Each thread has a clock of its own, so what crosses is how long, not until when.
function limitsOf({ timeoutMs, cancelFlag }: WirePatience): Limits {
  return { deadlineMs: performance.now() + timeoutMs, cancelFlag };
}

Comlink.expose(worker);
