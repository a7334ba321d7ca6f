// A database's schema as SQLite understands it. Plain data; runs anywhere.

/** A column of a table. */
export interface Column {
  /** The name of the column. */
  readonly name: string;
  /** The declared type; empty if there is none. */
  readonly type: string;
  /** Whether the column has a NOT NULL constraint. */
  readonly notNull: boolean;
  /** The default as SQL text. */
  readonly defaultValue: string | null;
  /** The column's position in the primary key, from 1; 0 where it is not part of it. */
  readonly primaryKey: number;
  /** Whether the column is computed from others (`GENERATED ALWAYS AS`). */
  readonly generated: boolean;
}

/** A table. The shadow tables of a virtual table are part of it and not listed. */
export interface Table {
  /** The name of the table. */
  readonly name: string;
  /** `index` is a virtual table that only indexes another table, such as FTS5 with `content=`. */
  readonly kind: "table" | "virtual" | "index";
  /** Whether the table is a WITHOUT ROWID table. */
  readonly withoutRowid: boolean;
  /** Whether the table is a STRICT table. */
  readonly strict: boolean;
  /** The CREATE statement. */
  readonly sql: string;
  /** The columns, in the order of the table. */
  readonly columns: readonly Column[];
  /** The foreign keys, in the order that SQLite lists them. */
  readonly foreignKeys: readonly ForeignKey[];
}

/** A foreign key; several columns are joined by commas. */
export interface ForeignKey {
  /** The columns of the child table. */
  readonly columns: string;
  /** The name of the parent table. */
  readonly parent: string;
  /** The columns of the parent table; empty for its primary key. */
  readonly parentColumns: string;
  /** The ON DELETE action. */
  readonly onDelete: string;
  /** The ON UPDATE action. */
  readonly onUpdate: string;
}

/**
 * An index that has a CREATE INDEX statement, or a trigger, on a table or a view that is listed.
 */
export interface Attachment {
  /** The name of the index or trigger. */
  readonly name: string;
  /** The table or view that it is on. */
  readonly table: string;
  /** The CREATE statement. */
  readonly sql: string;
}

/** A view. */
export interface View {
  /** The name of the view. */
  readonly name: string;
  /** The CREATE statement. */
  readonly sql: string;
}

/** A schema without SQLite's own tables. Everything is sorted by name. */
export interface Schema {
  /** Tables and virtual tables. */
  readonly tables: readonly Table[];
  /** Indexes that have a CREATE INDEX statement. */
  readonly indexes: readonly Attachment[];
  /** Triggers on tables and views. */
  readonly triggers: readonly Attachment[];
  /** Views. */
  readonly views: readonly View[];
}

/** A schema without objects. */
export const EMPTY_SCHEMA: Schema = { tables: [], indexes: [], triggers: [], views: [] };
