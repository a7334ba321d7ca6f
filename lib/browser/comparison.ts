// What the sandbox compares: schemas with each other, and a file with what ran. Types alone.

import type { ChangeMessage } from "../message/reply.ts";
import type { Outcome } from "../outcome.ts";
import type { RenameAnswers, RenameQuestion } from "../rebuild/rename_questions.ts";
import type { Schema } from "../sqlite/schema.ts";

/** What a migration does to a schema. */
export interface SchemaEffect {
  /** The schema before it. */
  readonly before: Schema;
  /** The schema after it. */
  readonly after: Schema;
  /** The objects and columns that it adds, removes, alters and renames. */
  readonly changes: readonly ChangeMessage[];
}

/** The schema that a plugin should have, and what its author says about the change. */
export interface WantedSchema {
  /** The text of a schema.sql; `null` for the schema that the files make. */
  readonly schema: string | null;
  /** What the change is for; where it has no letter or digit, the objects that change. */
  readonly description: string;
  /** What became of tables and columns that the wanted schema does not have. */
  readonly renames: RenameAnswers;
  /** A name for `stopQuery()`, such as a random UUID; without one it cannot be stopped. */
  readonly id?: string;
}

/** The schema that a plugin's files make, compared with a wanted one. */
export interface SchemaComparison {
  /** The schema of the files, as the text of a schema.sql. */
  readonly present: string;
  /** What the comparison found. */
  readonly found: SchemaFinding;
}

/** How two schemas differ. */
export type SchemaFinding =
  /** The text of the wanted schema is wrong; lines and columns count from 1, in code points. */
  | {
    readonly kind: "wrong";
    readonly message: string;
    readonly line: number;
    readonly column: number;
  }
  /** Both are the same, apart from comments and white space. */
  | { readonly kind: "same" }
  | SchemaDifference;

/** What has to change. */
export interface SchemaDifference {
  /** Distinguishes it from an error and from no difference. */
  readonly kind: "different";
  /** The unified difference of the CREATE statements. */
  readonly text: string;
  /** The schema of the files, the wanted one, and the changes between them. */
  readonly effect: SchemaEffect;
  /** What could be a rename. There is no file until each is answered. */
  readonly questions: readonly RenameQuestion[];
  /** The next file; `null` while a question is open; a failure where it cannot be generated. */
  readonly file: Outcome<GeneratedFile> | null;
}

/** A migration file that leads to the wanted schema and back. */
export interface GeneratedFile {
  /** The name of the file, with the next number. */
  readonly file: string;
  /** The text of the file. */
  readonly text: string;
  /** What the rows lose, one phrase each. */
  readonly losses: readonly string[];
}

/** An applied migration, and how a file of its version differs from what ran. */
export interface AppliedComparison {
  /** When it was applied: ISO 8601, UTC. */
  readonly appliedAt: string;
  /** Who applied it. */
  readonly appliedBy: string;
  /**
   * The unified difference from what ran to the file, empty if they are equal; `null` if what ran is
   * not known, because an older godwit did not log it.
   */
  readonly difference: string | null;
}
