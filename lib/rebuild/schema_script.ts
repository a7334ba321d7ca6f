// A script that leads from one schema to another, and back. Plain data; runs anywhere.

import type { Schema } from "../sqlite/schema.ts";

/** Statements that belong together, and what they are for. */
export interface ScriptPart {
  /** One or more lines without `--`. */
  readonly comment: string;
  /** Without semicolons. */
  readonly statements: readonly string[];
}

/** The script of one direction. */
export interface OneWay {
  readonly parts: readonly ScriptPart[];
  /** What the rows lose, one sentence each. */
  readonly losses: readonly string[];
  /** The schema after it, as SQLite reports it. */
  readonly schema: Schema;
}

/** The scripts of both directions. */
export interface SchemaScript {
  readonly up: OneWay;
  readonly down: OneWay;
}
