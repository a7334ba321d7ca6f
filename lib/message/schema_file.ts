// The messages about a plugin's schema.sql: what `diff` and `dump` take and reply. Runs anywhere.

import type { Checked } from "./request.ts";

/** `diff`: compare the files with the schema.sql, and make the file that leads there. */
export interface DiffRequest {
  /** The text of the schema.sql; by default that of the plugin. */
  schema?: string | undefined;
  /** What the file is for; its first line. */
  description?: string | undefined;
  /** What has another name now: `quotes.author=quotes.writer`, or `quotes=sayings`. */
  renames?: string[] | undefined;
  /** Whether all that is dropped and added is no rename; `false` by default. */
  no_rename?: boolean | undefined;
  /** The SQLite that the file may require, such as `3.35.0`; by default any. */
  requires?: string | undefined;
}

/** A checked `diff`. */
export type CheckedDiff = Checked<DiffRequest, "description" | "renames" | "no_rename">;

/** The reply to a `diff`. */
export interface DiffReply {
  /** Distinguishes it from a failure. */
  success: true;
  /** Which verb it answers. */
  verb: "diff";
  /** The plugin whose files were compared. */
  plugin_name: string;
  /** The objects in which files and schema.sql differ, such as `table "quotes"`. */
  differences: string[];
  /** The schemas of the files and of schema.sql in unified form; empty where they do not differ. */
  schema_diff: string;
  /** Possible renames. While there are any, there is no file: say which of them are meant. */
  possible_renames: string[];
  /** The number of the next file. */
  version: number;
  /** The text of the file; `null` where there is no difference, or a possible rename. */
  file: string | null;
  /** What the rows lose by it. */
  losses: string[];
}

/** The reply to a `dump`. */
export interface DumpReply {
  /** Distinguishes it from a failure. */
  success: true;
  /** Which verb it answers. */
  verb: "dump";
  /** The plugin whose schema it is. */
  plugin_name: string;
  /** The CREATE statements. */
  schema: string;
}
