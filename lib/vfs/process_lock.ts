// The lock that lets one thread of all processes have a database, on a file of its own. For Deno,
// Node.js and Bun.

import { storageErrorOf } from "./native_guard.ts";
import { type NativeConnection, NativeSqliteError, type OpenNative } from "./native_sqlite.ts";
import { type Storage, StorageError } from "./storage.ts";

/**
 * The lock of the database `path`, on the file `<path>-lock`, which is created where it is missing
 * and stays. It is an exclusive transaction of native SQLite on an empty database: SQLite's own
 * table of locks separates threads, and the kernel releases it when the process dies. The name
 * depends on the database alone, so that everything that opens it uses one lock.
 */
export class ProcessLock implements Disposable {
  readonly #open: OpenNative;
  readonly #storage: LockStorage;
  readonly #path: string;
  // Kept from one taking to the next: opening one takes longer than everything else here.
  #kept: KeptConnection | null = null;

  constructor(open: OpenNative, storage: LockStorage, path: string) {
    this.#open = open;
    this.#storage = storage;
    this.#path = path;
  }

  /** Takes it; `false` where another thread or process still has it after `timeoutMs`. */
  take(timeoutMs: number): boolean {
    const lockPath = `${this.#path}-lock`;
    try {
      this.#connect(lockPath, timeoutMs).run("BEGIN EXCLUSIVE");
      return true;
    } catch (error) {
      this[Symbol.dispose]();
      if (!(error instanceof NativeSqliteError)) throw error;
      if ((error.resultCode & 0xff) === SQLITE_BUSY) return false;
      throw storageErrorOf(error, "open", lockPath);
    }
  }

  /** Lets others take it. */
  release(): void {
    this.#kept?.connection.run("ROLLBACK");
  }

  /** Releases it, if it is held, and closes its file. */
  [Symbol.dispose](): void {
    this.#kept?.connection.close();
    this.#kept = null;
  }

  #connect(lockPath: string, timeoutMs: number): NativeConnection {
    const isSame = this.#kept?.identity === this.#storage.stateOf(lockPath)?.identity;
    if (!isSame) this[Symbol.dispose]();
    this.#kept ??= this.#openAt(lockPath, timeoutMs);
    const { connection } = this.#kept;
    if (this.#kept.timeoutMs !== timeoutMs) connection.run(`PRAGMA busy_timeout=${timeoutMs}`);
    this.#kept.timeoutMs = timeoutMs;
    return connection;
  }

  #openAt(lockPath: string, timeoutMs: number): KeptConnection {
    createLike(this.#storage, lockPath, this.#path);
    const identity = this.#storage.stateOf(lockPath)?.identity;
    const connection = this.#open(lockPath, { readOnly: false, timeoutMs });
    // Otherwise BEGIN EXCLUSIVE on an empty database would create a journal. Defensive mode, which
    // Deno sets, forbids OFF.
    connection.run("PRAGMA journal_mode=MEMORY");
    return { connection, identity, timeoutMs };
  }
}

type LockStorage = Pick<Storage, "open" | "sizeOf" | "stateOf">;

interface KeptConnection {
  readonly connection: NativeConnection;
  /** Of its file: somebody may delete that meanwhile, and others lock a new one. */
  readonly identity: string | undefined;
  timeoutMs: number;
}

const SQLITE_BUSY = 5;

// A lock that belongs to root would keep the database's owner out.
function createLike(
  storage: Pick<Storage, "open" | "sizeOf">,
  lockPath: string,
  path: string,
): void {
  if (storage.sizeOf(lockPath) !== null) return;
  try {
    storage.open(lockPath, { access: "read-write", existence: "exclusive" }, path).close();
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== "EEXIST") throw error;
  }
}
