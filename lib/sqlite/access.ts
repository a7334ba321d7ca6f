// What a statement would do, as SQLite's authorizer reports it. Pure; runs anywhere.

/** The kinds of objects in a schema. */
export type SchemaObject = "table" | "index" | "trigger" | "view";

/** One access of a statement to the database. */
export type Access =
  | {
    readonly kind: "create" | "drop";
    readonly object: SchemaObject;
    readonly name: string;
    /** The table of an index or a trigger; the module of a virtual table that is created. */
    readonly table: string | null;
    readonly temporary: boolean;
  }
  | {
    readonly kind: "alter-table";
    readonly database: string;
    readonly table: string;
    readonly column: string | null;
  }
  | {
    readonly kind: "insert" | "update" | "delete";
    /** Such as `main` or `temp`. */
    readonly database: string;
    readonly table: string;
    /** The column that an UPDATE writes, or `ROWID`; `null` for the others. It may be empty. */
    readonly column: string | null;
    readonly trigger: string | null;
  }
  | { readonly kind: "read"; readonly table: string; readonly column: string }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "pragma"; readonly name: string; readonly argument: string | null }
  | { readonly kind: "transaction" | "savepoint"; readonly operation: string }
  | { readonly kind: "attach" | "detach" }
  | { readonly kind: "other" };

type Reader = (first: string, second: string, trigger: string, database: string) => Access;

function object(
  kind: "create" | "drop",
  what: SchemaObject,
  temporary: boolean,
  belongsToTable: boolean,
): Reader {
  return (name, table) => ({
    kind,
    object: what,
    name,
    table: belongsToTable ? table : null,
    temporary,
  });
}

function write(kind: "insert" | "update" | "delete"): Reader {
  return (table, column, trigger, database) => ({
    kind,
    database,
    table,
    column: kind === "update" ? column : null,
    trigger: trigger === "" ? null : trigger,
  });
}

// The action codes of https://sqlite.org/c3ref/c_alter_table.html
const READERS: Readonly<Record<number, Reader>> = {
  1: object("create", "index", false, true),
  2: object("create", "table", false, false),
  3: object("create", "index", true, true),
  4: object("create", "table", true, false),
  5: object("create", "trigger", true, true),
  6: object("create", "view", true, false),
  7: object("create", "trigger", false, true),
  8: object("create", "view", false, false),
  9: write("delete"),
  10: object("drop", "index", false, true),
  11: object("drop", "table", false, false),
  12: object("drop", "index", true, true),
  13: object("drop", "table", true, false),
  14: object("drop", "trigger", true, true),
  15: object("drop", "view", true, false),
  16: object("drop", "trigger", false, true),
  17: object("drop", "view", false, false),
  18: write("insert"),
  19: (name, argument) => ({ kind: "pragma", name, argument: argument === "" ? null : argument }),
  20: (table, column) => ({ kind: "read", table, column }),
  22: (operation) => ({ kind: "transaction", operation }),
  23: write("update"),
  24: () => ({ kind: "attach" }),
  25: () => ({ kind: "detach" }),
  26: (database, table) => ({ kind: "alter-table", database, table, column: null }),
  29: object("create", "table", false, true),
  30: object("drop", "table", false, false),
  31: (_, name) => ({ kind: "function", name }),
  32: (operation) => ({ kind: "savepoint", operation }),
};

/** Judges one access: `SQLITE_OK`, `SQLITE_IGNORE` or `SQLITE_DENY`. */
export type Authorizer = (access: Access) => number;

/** Reads one call of SQLite's authorizer; an argument that SQLite leaves out is `null`. */
export function readAccess(
  action: number,
  first: string | null,
  second: string | null,
  third: string | null,
  trigger: string | null,
): Access {
  if (action === 26 && third !== null) {
    return { kind: "alter-table", database: first ?? "", table: second ?? "", column: third };
  }
  return READERS[action]?.(first ?? "", second ?? "", trigger ?? "", third ?? "") ??
    { kind: "other" };
}

/** The forms of ALTER TABLE. */
export type AlterForm =
  | "rename-table"
  | "rename-column"
  | "drop-column"
  | "alter-column"
  | "alter-constraint"
  | "add-column";

// SQLite implements ALTER TABLE by internal functions, which the authorizer names.
const ALTER_FUNCTIONS: Readonly<Record<string, AlterForm>> = {
  sqlite_rename_table: "rename-table",
  sqlite_rename_column: "rename-column",
  sqlite_drop_column: "drop-column",
};
const CONSTRAINT_FUNCTIONS = ["sqlite_add_constraint", "sqlite_drop_constraint"];

/** An ALTER TABLE. */
export interface Alter {
  readonly table: string;
  readonly form: AlterForm;
}

/** Which form of ALTER TABLE a statement is, and on which table; `null` for any other statement. */
export function alterOf(accesses: readonly Access[]): Alter | null {
  const alter = accesses.find((access) => access.kind === "alter-table");
  if (alter === undefined) return null;
  for (const access of accesses) {
    if (access.kind !== "function") continue;
    const form = ALTER_FUNCTIONS[access.name];
    if (form !== undefined) return { table: alter.table, form };
    if (CONSTRAINT_FUNCTIONS.includes(access.name)) {
      return {
        table: alter.table,
        form: alter.column === null ? "alter-constraint" : "alter-column",
      };
    }
  }
  return { table: alter.table, form: "add-column" };
}

/**
 * Whether something is in the temporary schema. A temporary table may be called as one of the
 * database's.
 */
export function isTemporary(access: Access): boolean {
  return "database" in access && access.database === "temp" ||
    "temporary" in access && access.temporary;
}

/** An access that writes rows. */
export type Write = Extract<Access, { readonly kind: "insert" | "update" | "delete" }>;

/** Whether an access writes rows. */
export function isWrite(access: Access): access is Write {
  return access.kind === "insert" || access.kind === "update" || access.kind === "delete";
}

/** Whether a statement that does this changes the schema. */
export function isSchemaChange(access: Access): boolean {
  return access.kind === "create" || access.kind === "drop" || access.kind === "alter-table";
}
