// Writes a schema as replies carry it. Pure; runs anywhere.

import type { SchemaMessage } from "../message/schema_message.ts";
import type { Schema } from "../sqlite/schema.ts";

/** The message of a schema. */
export function schemaMessage({ tables, indexes, triggers, views }: Schema): SchemaMessage {
  return {
    tables: tables.map((table) => ({
      name: table.name,
      kind: table.kind,
      without_rowid: table.withoutRowid,
      strict: table.strict,
      sql: table.sql,
      columns: table.columns.map((column) => ({
        name: column.name,
        type: column.type,
        not_null: column.notNull,
        default_value: column.defaultValue,
        primary_key: column.primaryKey,
        generated: column.generated,
      })),
      foreign_keys: table.foreignKeys.map((key) => ({
        columns: key.columns,
        parent: key.parent,
        parent_columns: key.parentColumns,
        on_delete: key.onDelete,
        on_update: key.onUpdate,
      })),
    })),
    indexes: indexes.map(({ name, table, sql }) => ({ name, table, sql })),
    triggers: triggers.map(({ name, table, sql }) => ({ name, table, sql })),
    views: views.map(({ name, sql }) => ({ name, sql })),
  };
}
