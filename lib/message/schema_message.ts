// A schema as replies carry it. Runs anywhere.

import * as v from "valibot";
import { count } from "./reply_schema.ts";

/** A column of a table. */
export interface ColumnMessage {
  /** Its name. */
  name: string;
  /** The declared type; empty where there is none. */
  type: string;
  /** Whether it has a NOT NULL constraint. */
  not_null: boolean;
  /** The default as SQL. */
  default_value: string | null;
  /** Its position in the primary key, from 1; 0 where it is not part of it. */
  primary_key: number;
  /** Whether it is computed from others. */
  generated: boolean;
}

/** A foreign key. */
export interface ForeignKeyMessage {
  /** The columns of the child table, joined by commas. */
  columns: string;
  /** The parent table. */
  parent: string;
  /** The columns of the parent table, joined by commas; empty for its primary key. */
  parent_columns: string;
  /** The ON DELETE action. */
  on_delete: string;
  /** The ON UPDATE action. */
  on_update: string;
}

/** A table; shadow tables of virtual tables are not listed. */
export interface TableMessage {
  /** Its name. */
  name: string;
  /** `index` is a virtual table that only indexes another one, such as FTS5 with `content=`. */
  kind: "table" | "virtual" | "index";
  /** Whether it is a WITHOUT ROWID table. */
  without_rowid: boolean;
  /** Whether it is a STRICT table. */
  strict: boolean;
  /** The CREATE statement. */
  sql: string;
  /** Its columns, in the order of the table. */
  columns: ColumnMessage[];
  /** Its foreign keys. */
  foreign_keys: ForeignKeyMessage[];
}

/** An index or a trigger. */
export interface AttachmentMessage {
  /** Its name. */
  name: string;
  /** The table or view that it is on. */
  table: string;
  /** The CREATE statement. */
  sql: string;
}

/** A view. */
export interface ViewMessage {
  /** Its name. */
  name: string;
  /** The CREATE statement. */
  sql: string;
}

/** The schema of a plugin's own objects, each list sorted by name. */
export interface SchemaMessage {
  /** Tables and virtual tables. */
  tables: TableMessage[];
  /** Indexes that have a CREATE INDEX statement. */
  indexes: AttachmentMessage[];
  /** Triggers on tables and views. */
  triggers: AttachmentMessage[];
  /** Views. */
  views: ViewMessage[];
}

const ViewSchema = v.object({ name: v.string(), sql: v.string() });
const AttachmentSchema = v.object({ name: v.string(), table: v.string(), sql: v.string() });

/** The schema of a schema. */
export const SchemaMessageSchema: v.GenericSchema<SchemaMessage> = v.object({
  tables: v.array(v.object({
    name: v.string(),
    kind: v.picklist(["table", "virtual", "index"]),
    without_rowid: v.boolean(),
    strict: v.boolean(),
    sql: v.string(),
    columns: v.array(v.object({
      name: v.string(),
      type: v.string(),
      not_null: v.boolean(),
      default_value: v.nullable(v.string()),
      primary_key: count,
      generated: v.boolean(),
    })),
    foreign_keys: v.array(v.object({
      columns: v.string(),
      parent: v.string(),
      parent_columns: v.string(),
      on_delete: v.string(),
      on_update: v.string(),
    })),
  })),
  indexes: v.array(AttachmentSchema),
  triggers: v.array(AttachmentSchema),
  views: v.array(ViewSchema),
});
