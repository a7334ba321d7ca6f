// A schema as one SQL text, in an order that depends on names alone. Pure; runs anywhere.

import { foldName } from "./fold_name.ts";
import type { Attachment, Schema } from "./schema.ts";

/**
 * The CREATE statements of a schema as SQLite keeps them, each with a semicolon and an empty line
 * after it: tables, then views, and after each its indexes and triggers.
 */
export function schemaText({ tables, indexes, triggers, views }: Schema): string {
  const byOwner = ({ table }: Attachment): string => foldName(table);
  const indexesOf = Map.groupBy(indexes, byOwner);
  const triggersOf = Map.groupBy(triggers, byOwner);
  return [...tables, ...views]
    .flatMap((owner) => [
      owner,
      ...indexesOf.get(foldName(owner.name)) ?? [],
      ...triggersOf.get(foldName(owner.name)) ?? [],
    ])
    .map(({ sql }) => `${sql};\n`)
    .join("\n");
}
