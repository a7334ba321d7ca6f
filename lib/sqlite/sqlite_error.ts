// A failure that SQLite reports, with the storage's reason where there is one. Pure; runs anywhere.

/** What SQLite reports of a statement that failed. */
export interface SqliteFailure {
  /** The extended result code's name, such as `SQLITE_IOERR_WRITE`. */
  readonly code: string;
  /** SQLite's message, such as `near "TABEL": syntax error`. */
  readonly message: string;
  /** Bytes from the start of the script to the token at fault; `null` where SQLite does not say. */
  readonly offset: number | null;
}

/** A failure of SQL that godwit itself runs. Sessions catch it once and turn it into a value. */
export class SqliteError extends Error {
  override readonly name = "SqliteError";
  readonly failure: SqliteFailure;

  constructor(failure: SqliteFailure, cause?: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
  }
}

const UNAVAILABLE = [
  "SQLITE_BUSY",
  "SQLITE_CANTOPEN",
  "SQLITE_CORRUPT",
  "SQLITE_FULL",
  "SQLITE_IOERR",
  "SQLITE_LOCKED",
  "SQLITE_NOMEM",
  "SQLITE_NOTADB",
  "SQLITE_PERM",
  "SQLITE_PROTOCOL",
  "SQLITE_READONLY",
];

const ADVICE: Readonly<Record<string, string>> = {
  SQLITE_BUSY: "end its transaction, or close the database there, and try again",
  SQLITE_NOTADB:
    "it is not a SQLite database, or it is encrypted: move it away or restore a backup",
  SQLITE_CORRUPT: "the file is damaged: restore a backup",
  SQLITE_FULL: "make room on the disk and try again",
  SQLITE_READONLY: "make the file writable and try again",
  SQLITE_CANTOPEN: "check the path and its permissions",
};

/** A failure's message with the way out, where there is one to name. */
export function adviseOn({ code, message }: SqliteFailure): string {
  const advice = Object.entries(ADVICE).find(([each]) => code.startsWith(each))?.[1];
  return advice === undefined ? message : `${message}; ${advice}`;
}

/** Says whether SQLite found that a file is damaged, or no database at all. */
export function isDamage({ code }: Pick<SqliteFailure, "code">): boolean {
  return code === "SQLITE_NOTADB" || code.startsWith("SQLITE_CORRUPT");
}

/** The failure of what was ended before it was complete. */
export function interrupted(): SqliteError {
  return new SqliteError({ code: "SQLITE_INTERRUPT", message: "interrupted", offset: null });
}

/** Returns whether an error is SQL that an interrupter stopped. */
export function isInterrupt(error: unknown): boolean {
  return error instanceof SqliteError && error.failure.code === "SQLITE_INTERRUPT";
}

/**
 * Returns whether an error is SQL that SQLite refused: for what the SQL says, or because the schema
 * needs a function, a module or a collation that is missing.
 */
export function isRefusal(error: unknown): error is SqliteError {
  if (!(error instanceof SqliteError)) return false;
  const { code } = error.failure;
  return code === "SQLITE_ERROR" || code === "SQLITE_ERROR_MISSING_COLLSEQ";
}

/** Says whether a failure is the database's or the disk's fault, not the SQL's. */
export function isUnavailable(code: string): boolean {
  return UNAVAILABLE.some((each) => code === each || code.startsWith(`${each}_`));
}
