// Decides what a plugin's SQL may do. Pure; runs anywhere.

import { isReserved } from "../plan/reserved_names.ts";
import type { Access } from "../sqlite/access.ts";
import { foldName } from "../sqlite/fold_name.ts";

/** Something that a migration may not do. */
export interface Violation {
  readonly code:
    | "transaction-control"
    | "attach"
    | "vacuum"
    | "pragma"
    | "reserved-table"
    | "forbidden-function";
  readonly message: string;
}

// Pragmas that only read, the two numbers that belong to the application, and what FTS5 runs
// itself.
const ALLOWED_PRAGMAS = [
  "application_id",
  "data_version",
  "foreign_key_check",
  "foreign_key_list",
  "index_info",
  "index_list",
  "index_xinfo",
  "integrity_check",
  "quick_check",
  "table_info",
  "table_list",
  "table_xinfo",
  "user_version",
];

const PRAGMA_ADVICE: Readonly<Record<string, string>> = {
  foreign_keys:
    "it does nothing inside a transaction, and godwit switches foreign keys off by itself",
  defer_foreign_keys:
    "it does not keep DROP TABLE from deleting child rows; godwit does, by itself",
  legacy_alter_table: "godwit switches it on for the one rename of a rebuild that needs it",
  writable_schema: "it can destroy the database; rebuild the table instead",
  journal_mode: "it cannot change inside a transaction",
  synchronous: "it cannot change inside a transaction",
};

// Virtual tables that are there without CREATE: https://sqlite.org/dbpage.html,
// https://sqlite.org/dbstat.html
const PAGE_TABLES = ["sqlite_dbpage", "dbstat"];

const FORBIDDEN_FUNCTIONS = ["load_extension", "fts3_tokenizer"];

/** Says why a statement may not do something; `null` where it may. */
export function violationOf(access: Access): Violation | null {
  switch (access.kind) {
    case "transaction":
    case "savepoint":
      return {
        code: "transaction-control",
        message: `${
          nameOf(access)
        } is not allowed: godwit runs each migration in one transaction; delete the line`,
      };
    case "attach":
    case "detach":
      return {
        code: "attach",
        message: `${access.kind.toUpperCase()} is not allowed: ` +
          `a migration works on its plugin's database alone`,
      };
    case "pragma":
      return judgePragma(access.name, access.argument);
    case "function":
      return FORBIDDEN_FUNCTIONS.includes(foldName(access.name))
        ? {
          code: "forbidden-function",
          message: `The function ${access.name}() is not allowed in a migration`,
        }
        : null;
    case "create":
    case "drop":
      return judgeTable(access.name) ?? judgeTable(access.table);
    case "alter-table":
    case "insert":
    case "update":
    case "delete":
    case "read":
      return judgeTable(access.table);
    case "other":
      return null;
  }
  access satisfies never;
}

function nameOf(access: Extract<Access, { kind: "transaction" | "savepoint" }>): string {
  if (access.kind === "transaction") return access.operation;
  return access.operation === "BEGIN" ? "SAVEPOINT" : access.operation;
}

/** Says whether plugins may use a pragma: it only reads, or sets a number that is theirs. */
export function isAllowedPragma(name: string, argument: string | null): boolean {
  const pragma = foldName(name);
  // R*Tree reads the page size itself: https://sqlite.org/rtree.html
  return ALLOWED_PRAGMAS.includes(pragma) || pragma === "page_size" && argument === null;
}

function judgePragma(name: string, argument: string | null): Violation | null {
  if (isAllowedPragma(name, argument)) return null;
  const advice = PRAGMA_ADVICE[foldName(name)] ?? `these are: ${ALLOWED_PRAGMAS.join(", ")}`;
  return { code: "pragma", message: `PRAGMA ${name} is not allowed in a migration: ${advice}` };
}

function judgeTable(table: string | null): Violation | null {
  if (table === null) return null;
  if (PAGE_TABLES.includes(foldName(table))) {
    return {
      code: "reserved-table",
      message: `"${table}" shows the pages of the whole database, godwit's among them; ` +
        `a migration may not use it`,
    };
  }
  if (!isReserved(table)) return null;
  return {
    code: "reserved-table",
    message:
      `"${table}" belongs to godwit; a migration may neither read nor change it, nor use its name`,
  };
}
