// Describes the difference between two schemas, to compare two runs of one migration.

import type { Schema } from "./schema.ts";

/**
 * The objects that are in one schema alone, with their CREATE statements, as one text. If two runs
 * start from equal schemas, equal texts mean that they end with equal schemas.
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
