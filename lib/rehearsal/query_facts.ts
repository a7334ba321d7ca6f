// What a rehearsal finds out about the statements of a plugin's code. Plain data; runs anywhere.

import type { FindingSubject, QueryPlace } from "../finding/finding.ts";
import type { QueryFile } from "../migration/query_file.ts";

/** A statement that worked before a step. */
export interface BrokenQuery extends QueryPlace {
  /** What SQLite says. */
  readonly message: string;
  /** The tables and views that it used. */
  readonly uses: readonly string[];
  /** The later step of the same run after which it works; `null` if there is none. */
  readonly mendedBy: FindingSubject | null;
}

/** A statement that does not work on any schema that it was prepared on, or not yet on the first. */
export interface FailingQuery extends QueryPlace {
  readonly message: string;
  /** The version of the schema of which SQLite says so. */
  readonly version: number;
  /** Whether its file says that code runs it from this version on. */
  readonly isDeclared: boolean;
}

/** A statement of which a rehearsal cannot say whether it works. */
export interface UncheckedQuery extends QueryPlace {
  readonly reason: string;
}

/** What is known of statements at the end of a rehearsal. */
export interface QueryFacts {
  readonly failing: readonly FailingQuery[];
  readonly unchecked: readonly UncheckedQuery[];
}

/** The facts where there are no statements. */
export const NO_QUERY_FACTS: QueryFacts = { failing: [], unchecked: [] };

/** The files of statements, and the version of the schema before the first step. */
export interface QueryBase {
  readonly files: readonly QueryFile[];
  readonly version: number;
}
