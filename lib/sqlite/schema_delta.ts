// Writes down the difference between two schemas, so that two runs of one migration can be compared.

import type { Schema } from "./schema.ts";

/**
 * The objects that `after` has and `before` has not, and the other way round, with their CREATE
 * statements, as one text. Equal texts from equal beginnings mean equal schemas.
 */
export function schemaDelta(before: Schema, after: Schema): string {
  const kinds = ["tables", "indexes", "triggers", "views"] as const;
  return JSON.stringify(kinds.map((kind) => {
    const was = new Map(before[kind].map(({ name, sql }) => [name, sql]));
    const is = new Map(after[kind].map(({ name, sql }) => [name, sql]));
    return [
      [...was].filter(([name, sql]) => is.get(name) !== sql),
      [...is].filter(([name, sql]) => was.get(name) !== sql),
    ];
  }));
}
