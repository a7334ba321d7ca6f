// Findings: errors, warnings and notes about a migration file or a plan. Pure; runs anywhere.

import { clippedMessage } from "../clipped_text.ts";
import type { Excerpt } from "./excerpt.ts";

/** The severity of a finding: a plan with an `ERROR` does not run. */
export type FindingLevel = "INFO" | "WARNING" | "ERROR";

/** The category of a finding. */
export type FindingCategory =
  | "destructive"
  | "compatibility"
  | "sqlite"
  | "syntax"
  | "checksum"
  | "order"
  | "reversibility"
  | "isolation"
  | "file";

/** Every finding code and its category. Codes are part of the wire contract. */
export const FINDING_CODES = {
  "file-name": "file",
  "duplicate-version": "file",
  "unreadable-file": "file",
  "file-too-large": "file",
  "plugin-too-large": "file",
  "empty-file": "file",
  "encoding": "file",
  "nul-character": "file",
  "marker-missing": "file",
  "marker-repeated": "file",
  "marker-order": "file",
  "sql-before-up": "file",
  "directive": "file",
  "unused-acceptance": "file",
  "no-migrations": "file",
  "missing-file": "file",
  "stale-schema": "file",
  "from-history": "file",
  "checksum-mismatch": "checksum",
  "changed-file": "checksum",
  "manifest-mismatch": "checksum",
  "history-mismatch": "checksum",
  "foreign-history": "checksum",
  "late-migration": "order",
  "not-rehearsed": "order",
  "irreversible": "reversibility",
  "no-down": "reversibility",
  "incomplete-down": "reversibility",
  "down-loses-values": "reversibility",
  "down-differs": "reversibility",
  "up-not-repeatable": "reversibility",
  "unproven-down": "reversibility",
  "syntax-error": "syntax",
  "sql-error": "syntax",
  "bind-parameter": "syntax",
  "transaction-control": "isolation",
  "attach": "isolation",
  "vacuum": "isolation",
  "pragma": "isolation",
  "reserved-table": "isolation",
  "forbidden-function": "isolation",
  "requires-sqlite": "sqlite",
  "alter-drop-column": "sqlite",
  "alter-column": "sqlite",
  "alter-constraint": "sqlite",
  "needs-empty-table": "sqlite",
  "broken-view": "sqlite",
  "broken-trigger": "sqlite",
  "dangling-foreign-key": "sqlite",
  "stray-reference": "sqlite",
  "broken-query": "sqlite",
  "failing-query": "sqlite",
  "unchecked-query": "sqlite",
  "lost-index": "sqlite",
  "lost-trigger": "sqlite",
  "lost-foreign-key": "sqlite",
  "possible-violation": "sqlite",
  "copy-forgets-column": "sqlite",
  "misplaced-columns": "sqlite",
  "idle-sequence": "sqlite",
  "unproven-statement": "sqlite",
  "unloadable-object": "sqlite",
  "foreign-key-action": "sqlite",
  "foreign-key-mismatch": "sqlite",
  "foreign-key-violation": "sqlite",
  "constraint-violation": "sqlite",
  "broken-schema": "sqlite",
  "interrupted": "sqlite",
  "storage": "sqlite",
  "damaged-backup": "sqlite",
  "unchecked-backup": "sqlite",
  "passed-over-backup": "sqlite",
  "rename-table": "compatibility",
  "rename-column": "compatibility",
  "drop-table": "destructive",
  "drop-column": "destructive",
  "delete-rows": "destructive",
  "lose-values": "destructive",
  "overwrite-values": "destructive",
  "reused-numbers": "destructive",
  "unmeasured-losses": "destructive",
  "no-backup-space-check": "destructive",
} as const satisfies Readonly<Record<string, FindingCategory>>;

/** The stable name of a kind of finding, such as `drop-column`. */
export type FindingCode = keyof typeof FINDING_CODES;

/** A position in a migration file; `line` and `column` count from 1, columns in code points. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in code points. */
  readonly column: number;
}

/** The migration that a finding is about; fields are `null` if the file has no valid name. */
export interface FindingSubject {
  /** The number of the migration. */
  readonly version: number | null;
  /** The part of the file name after the number. */
  readonly name: string | null;
  /** The name of the file. */
  readonly file: string | null;
}

/** The subject of what is about no migration. */
export const NO_MIGRATION: FindingSubject = { version: null, name: null, file: null };

/**
 * The text of both sections of the file in which the finding is cured, and whatever else in it has
 * a cure. It is for the schema before the file, and was rehearsed without an error. Each takes the
 * place of everything between its marker and the next one, or the end of the file.
 */
export interface Suggestion {
  /** The section after `-- UP`. */
  readonly up: string;
  /** The section after `-- DOWN`. */
  readonly down: string;
}

/** A statement of a plugin's code, at its first token or the token at fault. */
export interface QueryPlace {
  /** With its folder, such as `queries/quotes.sql`. */
  readonly file: string;
  readonly position: Position;
  /** The text of that line; clipped where it is long. */
  readonly excerpt: Excerpt;
  /** The statement as written; clipped where it is long. */
  readonly statement: string;
}

/** One error, warning or note about a migration, with its position and a remedy. */
export interface Finding extends FindingSubject {
  /** A plan with an `ERROR` does not run. */
  readonly level: FindingLevel;
  /** Stable; programs can depend on it. */
  readonly code: FindingCode;
  /**
   * The part of the schema that it is about, as `-- accept:` names it: a table, `table.column`, a
   * view, an index or a trigger; `null` where it is about the whole file or a place in it.
   */
  readonly about: string | null;
  /** Why the file accepts it; `null` where it does not. */
  readonly accepted: string | null;
  /** One sentence, with a remedy. */
  readonly message: string;
  /** The position in the file, if it is known. */
  readonly position: Position | null;
  /** The statement concerned, as written in the file; clipped where it is long. */
  readonly statement: string | null;
  /** The text of the line that `position` points at; clipped where it is long. */
  readonly excerpt: Excerpt | null;
  /** The statement of the plugin's code that the migration breaks; `null` for other findings. */
  readonly query: QueryPlace | null;
  /** The cure; `null` where there is none that is known to work. */
  readonly suggestion: Suggestion | null;
}

/** Optional details of a finding. */
export interface FindingDetail {
  readonly about?: string | null;
  readonly position?: Position;
  readonly statement?: string;
  readonly excerpt?: Excerpt;
  readonly query?: QueryPlace;
}

/** Makes a finding; missing details are `null`, and a long message is clipped. */
export function finding(
  level: FindingLevel,
  code: FindingCode,
  subject: FindingSubject,
  message: string,
  detail: FindingDetail = {},
): Finding {
  return {
    level,
    code,
    about: detail.about ?? null,
    accepted: null,
    message: clippedMessage(message),
    version: subject.version,
    name: subject.name,
    file: subject.file,
    position: detail.position ?? null,
    statement: detail.statement ?? null,
    excerpt: detail.excerpt ?? null,
    query: detail.query ?? null,
    suggestion: null,
  };
}

/** Returns whether a text is the code of a finding. */
export function isFindingCode(text: string): text is FindingCode {
  return Object.hasOwn(FINDING_CODES, text);
}

/** Returns whether a finding is an `ERROR`. */
export function isError(candidate: Finding): boolean {
  return candidate.level === "ERROR";
}
