// The parsed form of one migration file. Pure; runs anywhere.

import type { FindingCode } from "../finding/finding.ts";

/** The SQL of one direction and its position in the file. */
export interface Section {
  readonly sql: string;
  /** The line of the file, from 1, on which `sql` begins. */
  readonly line: number;
}

/** A SQLite version as `[major, minor, patch]`. */
export type SqliteVersion = readonly [number, number, number];

/** Whether the actions of foreign keys fire for a file's INSERT, UPDATE and DELETE statements. */
export type ForeignKeyMode = "on" | "off";

/** A line `-- accept: <code> <subject> because <reason>`. */
export interface Acceptance {
  readonly code: FindingCode;
  /** What the finding is about; `null` for the whole file, or a place in it. */
  readonly about: string | null;
  readonly reason: string;
  /** The line of the file, from 1. */
  readonly line: number;
}

/** A migration file without its SQL. */
export interface MigrationFile {
  /** The number that the file name begins with, 1 or more. */
  readonly version: number;
  /** The part of the file name between the number and `.sql`. */
  readonly name: string;
  readonly file: string;
  /** SHA-256 of the normalised text of the whole file, 64 lower-case hex digits. */
  readonly checksum: string;
}

/** One migration file, parsed. Its SQL is not yet checked. */
export interface Migration extends MigrationFile {
  /** The SQLite version that the file declares with `-- requires: sqlite >= X`. */
  readonly requires: SqliteVersion | null;
  /** What the file declares with `-- foreign-keys: on` or `off`; `null` where it does not. */
  readonly foreignKeys: ForeignKeyMode | null;
  /** The findings that the file accepts, in the order of its lines. */
  readonly accepts: readonly Acceptance[];
  /** The normalised text of the whole file, of which the checksum is. */
  readonly text: string;
  readonly up: Section;
  readonly down: Section;
}
