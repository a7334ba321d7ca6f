// The change from one schema to another, without what is only written in another way. Pure; runs
// anywhere.

import type { Schema } from "../sqlite/schema.ts";
import { schemaOf, type SchemaSlice, withChange } from "../sqlite/schema_slice.ts";
import { unifiedDiff } from "../unified_diff.ts";
import { dumpText } from "./dump_text.ts";
import { withTableName, writtenName } from "./table_text.ts";
import type { TextComparison } from "./text_comparison.ts";

/** What changes, and the schema after it. */
export interface WantedChange {
  readonly slice: SchemaSlice;
  readonly after: Schema;
  /** The unified difference of both as schema.sql. */
  readonly text: string;
}

/** The change that leads from the schema of the files to that of schema.sql. */
export function wantedChange(from: Schema, to: Schema, texts: TextComparison): WantedChange {
  const slice = {
    before: schemaOf(texts.missingIn(from, to)),
    after: schemaOf(texts.missingIn(to, from)),
  };
  const after = withChange(from, slice);
  const names = { before: "files", after: "schema.sql" };
  const before = dumpText(withNamesOf(slice.after, from));
  return { slice, after, text: unifiedDiff(before, dumpText(after), names) };
}

// RENAME writes names in quotes, and that is no difference.
function withNamesOf({ tables }: Schema, schema: Schema): Schema {
  const written = new Map(tables.map(({ name, sql }) => [name, writtenName(sql)]));
  return {
    ...schema,
    tables: schema.tables.map((table) => ({
      ...table,
      sql: withTableName(table.sql, written.get(table.name) ?? writtenName(table.sql) ?? ""),
    })),
  };
}
