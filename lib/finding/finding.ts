// What godwit has to say about a migration file or a plan. Pure; runs anywhere.

/** How much a finding matters: an `ERROR` keeps the whole plan from running. */
export type FindingLevel = "INFO" | "WARNING" | "ERROR";

/** The family a finding belongs to. */
export type FindingCategory =
  | "destructive"
  | "sqlite"
  | "syntax"
  | "checksum"
  | "order"
  | "reversibility"
  | "isolation"
  | "file";

/** Every finding code and the family it belongs to. Codes are part of the wire contract. */
export const FINDING_CODES = {
  "file-name": "file",
  "duplicate-version": "file",
  "unreadable-file": "file",
  "file-too-large": "file",
  "empty-file": "file",
  "encoding": "file",
  "nul-character": "file",
  "marker-missing": "file",
  "marker-repeated": "file",
  "marker-order": "file",
  "sql-before-up": "file",
  "directive": "file",
  "no-migrations": "file",
  "missing-file": "file",
  "checksum-mismatch": "checksum",
  "manifest-mismatch": "checksum",
  "late-migration": "order",
  "not-rehearsed": "order",
  "irreversible": "reversibility",
  "no-down": "reversibility",
  "incomplete-down": "reversibility",
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
  "lost-index": "sqlite",
  "lost-trigger": "sqlite",
  "unproven-statement": "sqlite",
  "foreign-key-violation": "sqlite",
  "broken-schema": "sqlite",
  "interrupted": "sqlite",
  "storage": "sqlite",
  "drop-table": "destructive",
  "drop-column": "destructive",
  "delete-rows": "destructive",
  "lose-values": "destructive",
  "no-backup-space-check": "destructive",
} as const satisfies Readonly<Record<string, FindingCategory>>;

/** The stable name of a kind of finding, such as `drop-column`. */
export type FindingCode = keyof typeof FINDING_CODES;

/** A place in a migration file; `line` and `column` count from 1, columns in code points. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in code points. */
  readonly column: number;
}

/** The migration that a finding is about; `null` fields where the file has no valid name. */
export interface FindingSubject {
  /** The number of the migration. */
  readonly version: number | null;
  /** The part of the file name after the number. */
  readonly name: string | null;
  /** The name of the file. */
  readonly file: string | null;
}

/** One thing to know about a migration, with its place and the way out. */
export interface Finding extends FindingSubject {
  /** An `ERROR` keeps the plan from running. */
  readonly level: FindingLevel;
  /** Stable, for programs. */
  readonly code: FindingCode;
  /** One sentence for a person, with the way out. */
  readonly message: string;
  /** Where in the file, if that is known. */
  readonly position: Position | null;
  /** The statement concerned, as written in the file. */
  readonly statement: string | null;
  /** The text of the line that `position` points at. */
  readonly excerpt: string | null;
}

/** What a rule knows beyond the level, code and message of a finding. */
export interface FindingDetail {
  readonly position?: Position;
  readonly statement?: string;
  readonly excerpt?: string;
}

/** Makes a finding; the details that a rule does not know are `null`. */
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
    message,
    version: subject.version,
    name: subject.name,
    file: subject.file,
    position: detail.position ?? null,
    statement: detail.statement ?? null,
    excerpt: detail.excerpt ?? null,
  };
}

/** Says whether a finding keeps a plan from running. */
export function isError(candidate: Finding): boolean {
  return candidate.level === "ERROR";
}
