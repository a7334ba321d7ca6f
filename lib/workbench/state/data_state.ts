// The state of the data view: rows that were read, the prompt, and what its dialogs ask. Types and
// initial values.

import type { DatabaseReading, DataRows } from "../../browser/sandbox.ts";
import type { BackupEntry } from "../../message/backup_reply.ts";
import type { Outcome } from "../../outcome.ts";
import type { Schema } from "../../sqlite/schema.ts";
import type { SqlValue } from "../../sqlite/sqlite3.ts";
import type { WantedRestore } from "../model/run_outcome.ts";
import type { TablePlace } from "../model/table_place.ts";
import type { RowKey } from "../model/table_query.ts";

/** The rows of a table that were read. */
export interface ReadRows {
  readonly table: string;
  readonly place: TablePlace;
  readonly rows: Outcome<DataRows>;
  /** The types of its columns, by name; empty where a column has none. */
  readonly types: ReadonlyMap<string, string>;
  /** What identifies a row; `null` where nothing does, as in a view. */
  readonly key: RowKey | null;
}

/** The table browser of the selected plugin. */
export interface Browsing {
  readonly schema: Outcome<Schema> | null;
  /** What is shown; `null` until it is read. */
  readonly read: ReadRows | null;
  /** The rows that pass the filters; `null` while they are counted. */
  readonly total: number | null;
  /** The rows of each table, as far as they are counted. */
  readonly counts: ReadonlyMap<string, number>;
  /** Newest first. */
  readonly backups: readonly BackupEntry[];
  /** Why backups cannot be listed. */
  readonly backupsProblem: string | null;
}

/** What a statement of the prompt came to. */
export interface StatementResult {
  readonly rows: Outcome<DataRows>;
  readonly ms: number;
  /** What undoes it; `null` if it has deleted and overwritten nothing. */
  readonly undo: WantedRestore | null;
}

/** The SQL prompt of the selected plugin. */
export interface Prompt {
  readonly sql: string;
  /** Counts how often the page, and not the user, has changed the text. */
  readonly edition: number;
  /** What is selected in it, in UTF-16 units. */
  readonly selection: { readonly from: number; readonly to: number };
  readonly mayWrite: boolean;
  /** The id of the query that runs; `null` if there is none. */
  readonly running: string | null;
  /** Of each statement that has run; none before the first. */
  readonly results: readonly StatementResult[];
  /** Earlier statements of the plugin, newest first. */
  readonly history: readonly string[];
}

/** A database file that was dropped, before it is opened as a plugin. */
export interface OpenedDatabase {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly reading: DatabaseReading;
  readonly suggestion: string;
}

/** A cell that is edited. */
export interface EditedCell {
  readonly table: string;
  readonly column: string;
  readonly value: SqlValue;
  /** The condition that names its row. */
  readonly where: string;
}

/** The initial state of the table browser. */
export const NOT_BROWSING: Browsing = {
  schema: null,
  read: null,
  total: null,
  counts: new Map(),
  backups: [],
  backupsProblem: null,
};

/** The initial state of the SQL prompt. */
export const EMPTY_PROMPT: Prompt = {
  sql: "",
  edition: 0,
  selection: { from: 0, to: 0 },
  mayWrite: false,
  running: null,
  results: [],
  history: [],
};
