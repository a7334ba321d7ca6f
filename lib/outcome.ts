// The result of work that may fail, and the reasons of foreign errors. Pure; runs anywhere.

/** A value, or why there is none. */
export type Outcome<T, Code extends string = string> =
  | { readonly ok: true; readonly value: T }
  | Failed<Code>;

/** An expected failure. */
export interface Failed<Code extends string = string> {
  /** Distinguishes it from a value. */
  readonly ok: false;
  /** Stable; programs can depend on it. */
  readonly code: Code;
  /** One sentence for people: what, where, and a remedy. */
  readonly message: string;
  /** The name of SQLite's result code, such as `SQLITE_FULL`; absent if SQLite did not fail. */
  readonly sqliteCode?: string;
}

/** The message of a foreign error. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of a foreign error, such as `ENOENT`, or its message where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : reasonOf(error);
}
