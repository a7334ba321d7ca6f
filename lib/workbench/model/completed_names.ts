// The names that the prompt completes. Pure; runs anywhere.

import type { Schema } from "../../sqlite/schema.ts";

/** Tables and views with their columns; those of a view are not known. */
export function completedNames(
  { tables, views }: Schema,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries([
    ...tables.map(({ name, columns }) => [name, columns.map((column) => column.name)] as const),
    ...views.map(({ name }) => [name, []] as const),
  ]);
}
