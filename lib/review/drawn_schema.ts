// The schema of a reply as drawings take it. Pure; runs anywhere.

import type { DrawnSchema } from "../diagram/diagram.ts";
import type { SchemaMessage } from "../message/schema_message.ts";

/** The parts of a schema that are drawn. */
export function drawnSchema({ tables, ...others }: SchemaMessage): DrawnSchema {
  return {
    ...others,
    tables: tables.map(({ name, kind, columns, foreign_keys }) => ({
      name,
      kind,
      columns: columns.map((column) => ({
        name: column.name,
        type: column.type,
        notNull: column.not_null,
        primaryKey: column.primary_key,
      })),
      foreignKeys: foreign_keys,
    })),
  };
}
