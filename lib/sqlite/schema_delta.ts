// Writes a change of a schema as a text, to compare two runs of one migration. Pure; runs anywhere.

import type { SchemaSlice } from "./schema_slice.ts";

/**
 * The CREATE statements that a change removed and added, as one text. If two runs start from equal
 * schemas, equal texts mean that they end with equal schemas.
 */
export function schemaDelta({ before, after }: SchemaSlice): string {
  return JSON.stringify(
    [before, after].map(({ tables, indexes, triggers, views }) =>
      [tables, indexes, triggers, views].map((objects) =>
        objects.map(({ name, sql }) => [name, sql])
      )
    ),
  );
}
