// Connections of the runtime's own SQLite, whose locks every native program respects. For Deno,
// Node.js and Bun.

import process from "node:process";

/** A connection that runs one statement at a time. */
export interface NativeConnection {
  /** Runs a statement and returns its first row. Throws `NativeSqliteError`. */
  run(sql: string): Readonly<Record<string, unknown>> | undefined;
  /** Closes it. A transaction that is open is rolled back. */
  close(): void;
}

/** How a connection is opened. */
export interface NativeOptions {
  /** A read-only connection never checkpoints a log, nor rolls back a journal. */
  readonly readOnly: boolean;
  /** How long SQLite waits for the locks of others; the thread is blocked meanwhile. */
  readonly timeoutMs: number;
}

/** A failure of native SQLite. */
export class NativeSqliteError extends Error {
  override readonly name = "NativeSqliteError";
  /** The extended result code: https://sqlite.org/rescode.html */
  readonly resultCode: number;

  constructor(resultCode: number, message: string, cause: unknown) {
    super(message, { cause });
    this.resultCode = resultCode;
  }
}

/** Opens a connection. `path` is absolute; a missing file is created. */
export type OpenNative = (path: string, options: NativeOptions) => NativeConnection;

/** The runtime's SQLite; `null` where it has none, as Node.js before version 22. */
export function nativeSqlite(): OpenNative | null {
  const bun = process.getBuiltinModule?.("bun:sqlite");
  if (isBunSqlite(bun)) return openWithBun(bun);
  const node = process.getBuiltinModule?.("node:sqlite");
  return node === undefined ? null : openWithNode(node);
}

// The part of https://nodejs.org/api/sqlite.html that is used.
function openWithNode({ DatabaseSync }: typeof import("node:sqlite")): OpenNative {
  return (path, { readOnly, timeoutMs }) => {
    // Defensive, as in newer versions, it would ignore writable_schema, which a guard needs.
    const options = { readOnly, timeout: timeoutMs, defensive: false };
    // What the constructor throws has no result code in Deno.
    const database = attempt(() => new DatabaseSync(path, options), SQLITE_CANTOPEN);
    return {
      // What exec() throws has no result code in Deno.
      run: (sql) => attempt(() => database.prepare(sql).get()),
      close: () => attempt(() => database.close()),
    };
  };
}

// The part of https://bun.sh/docs/api/sqlite that is used; Bun's types are not a dependency.
interface BunSqlite {
  readonly Database: new (
    path: string,
    options: {
      readonly readonly?: boolean;
      readonly readwrite?: boolean;
      readonly create?: boolean;
    },
  ) => {
    query(sql: string): { get(): Readonly<Record<string, unknown>> | null };
    run(sql: string): unknown;
    close(throwOnError: boolean): void;
  };
}

function isBunSqlite(module: unknown): module is BunSqlite {
  return typeof module === "object" && module !== null && "Database" in module;
}

function openWithBun({ Database }: BunSqlite): OpenNative {
  return (path, { readOnly, timeoutMs }) => {
    const options = readOnly ? { readonly: true } : { readwrite: true, create: true };
    const database = attempt(() => new Database(path, options));
    attempt(() => database.run(`PRAGMA busy_timeout=${timeoutMs}`));
    return {
      run: (sql) => attempt(() => database.query(sql).get() ?? undefined),
      close: () => attempt(() => database.close(false)),
    };
  };
}

const SQLITE_ERROR = 1;
const SQLITE_CANTOPEN = 14;

function attempt<T>(action: () => T, unknown = SQLITE_ERROR): T {
  try {
    return action();
  } catch (error) {
    throw new NativeSqliteError(
      resultCodeOf(error) ?? unknown,
      error instanceof Error ? error.message : String(error),
      error,
    );
  }
}

// `errcode` in Node.js and Deno, `errno` in Bun.
function resultCodeOf(error: unknown): number | null {
  if (typeof error !== "object" || error === null) return null;
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode;
  if ("errno" in error && typeof error.errno === "number") return error.errno;
  return null;
}
