// Writes the part of a script that drops what stands in the way of its other parts. Pure.

import type { Table } from "../sqlite/schema.ts";
import type { SchemaEntry } from "../sqlite/schema_slice.ts";
import type { ScriptPart } from "./schema_script.ts";
import type { Cleared } from "./stale_objects.ts";

/** What is stale, and the schema that is wanted. */
interface StaleChange {
  readonly stale: readonly SchemaEntry[];
  readonly cleared: Cleared;
  /** The tables that the wanted schema does not have. */
  readonly removed: readonly Table[];
  /** Whether the wanted schema has an object of this kind and name. */
  readonly isBack: (entry: SchemaEntry) => boolean;
  /** Whether the wanted schema has an object of this name, of any kind. */
  readonly isWanted: (name: string) => boolean;
  readonly write: (name: string) => string;
}

const ORDER: readonly SchemaEntry["type"][] = ["trigger", "view", "index"];

/** Drops triggers, views and indexes, in this order; no part where nothing is dropped by its name. */
export function dropStale(change: StaleChange): readonly ScriptPart[] {
  const dropped = droppedByName(change)
    .toSorted((one, other) => ORDER.indexOf(one.type) - ORDER.indexOf(other.type));
  if (dropped.length === 0) return [];
  const gone = dropped.filter((each) => !change.isBack(each));
  const back = dropped.filter((each) => change.isBack(each));
  const comment = [
    ...(gone.length > 0 ? [`The wanted schema does not have ${namesOf(gone)}.`] : []),
    ...(back.length > 0 ? [`Created again below: ${namesOf(back)}.`] : []),
  ].join("\n");
  const statements = dropped.map(({ type, object }) =>
    `DROP ${type.toUpperCase()} ${change.write(object.name)}`
  );
  return [{ comment, statements }];
}

// What is on a table or a view goes with it. What does not come back with it is dropped by its name,
// to show that this is meant.
function droppedByName(
  { stale, cleared, removed, isBack, isWanted }: StaleChange,
): readonly SchemaEntry[] {
  const owners = new Set([
    ...stale.filter(({ type }) => type === "view").map(({ object }) => object.name),
    ...(cleared === "all" ? [] : removed.map(({ name }) => name)),
  ]);
  return stale.filter((entry) => {
    const goesAlong = "table" in entry.object && owners.has(entry.object.table) &&
      (isBack(entry) || !isWanted(entry.object.table));
    return !goesAlong;
  });
}

function namesOf(entries: readonly SchemaEntry[]): string {
  return entries.map(({ object }) => object.name).join(", ");
}
