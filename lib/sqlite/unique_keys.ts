// Reads the unique keys of a table: UNIQUE constraints, unique indexes and primary keys.

import type { Connection } from "./connection.ts";
import { textOf } from "./row.ts";

/** A UNIQUE constraint, a unique index or a primary key. */
export interface UniqueKey {
  readonly terms: readonly { readonly column: string; readonly collation: string }[];
}

/** The unique keys over plain columns of all rows, but for a primary key that is the row number. */
export function uniqueKeys(
  connection: Connection,
  table: string,
  schema: "main" | "temp" = "main",
): readonly UniqueKey[] {
  const rows = connection.rows(
    `SELECT i.name AS "index", x.name AS "column", x.coll AS "collation"
       FROM pragma_index_list(?1, ?2) i JOIN pragma_index_xinfo(i.name, ?2) x
      WHERE x."key" = 1 AND i."unique" AND NOT i.partial
        AND NOT EXISTS (
          SELECT 1 FROM pragma_index_xinfo(i.name, ?2) WHERE "key" = 1 AND cid < 0)
      ORDER BY i.name, x.seqno`,
    [table, schema],
  );
  const indexes = Map.groupBy(rows, (row) => textOf(row, "index"));
  return [...indexes.values()].map((terms): UniqueKey => ({
    terms: terms.map((row) => ({
      column: textOf(row, "column"),
      collation: textOf(row, "collation"),
    })),
  }));
}
