// Finds the indexes, views and triggers that a script drops first.

import { isReserved } from "../plan/reserved_names.ts";
import { CompiledObjects } from "../sqlite/compiled_objects.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { Attachment, Schema, Table, View } from "../sqlite/schema.ts";
import { SchemaFollower } from "../sqlite/schema_follower.ts";
import { entriesOf, type SchemaEntry } from "../sqlite/schema_slice.ts";
import type { RenameStatement } from "./rename_statements.ts";
import type { Scratch } from "./scratch.ts";
import type { TextComparison } from "./text_comparison.ts";

/** The views and triggers that are dropped first: those that change, or all of them. */
export type Cleared = "changed" | "all";

/** The change of a schema. */
interface Change {
  readonly scratch: Scratch;
  readonly from: Schema;
  readonly to: Schema;
  readonly texts: TextComparison;
  readonly renames: readonly RenameStatement[];
  /** Whether the script may have an ALTER TABLE that SQLite refuses while a view is missing. */
  readonly mayAlter: boolean;
  readonly cleared: Cleared;
}

/**
 * What the wanted schema lacks, or has with another text once SQLite has renamed, and where it
 * matters the views and triggers that use a view of these.
 */
export function staleObjects(change: Change): readonly SchemaEntry[] {
  const { scratch, from, cleared, mayAlter } = change;
  const loaded = entriesOf(from).filter(({ type, object }) =>
    type !== "table" && !scratch.isMissing(object.name)
  );
  if (cleared === "all") {
    return loaded.filter((each) => each.type !== "index" || !isFinal(change, each));
  }
  const after = entriesOf(renamedSchema(change, loaded) ?? from);
  const stale = loaded.filter(({ type, object }) => {
    const entry = after.find((each) => each.type === type && each.object.name === object.name);
    return entry === undefined || !isFinal(change, entry);
  });
  return mayAlter ? withUsers(change, stale) : stale;
}

/** The object of a kind and a name; `null` if there is none. */
export function findObject(
  schema: Schema,
  type: SchemaEntry["type"],
  name: string,
): Table | View | Attachment | null {
  return entriesOf(schema).find((each) => each.type === type && each.object.name === name)
    ?.object ?? null;
}

/** The schema after the renames alone; `null` where SQLite refuses one. */
function renamedSchema(
  { scratch, to, renames }: Change,
  loaded: readonly SchemaEntry[],
): Schema | null {
  if (renames.length === 0) return null;
  const gone = loaded.filter(({ type, object }) => findObject(to, type, object.name) === null);
  return scratch.undoing(() => {
    const drops = [...gone.filter(({ type }) => type === "trigger"), ...gone]
      .map(({ type, object }) =>
        `DROP ${type.toUpperCase()} IF EXISTS ${scratch.write(object.name)}`
      );
    const statements = [...drops, ...renames.map(({ statement }) => statement)];
    return scratch.run(statements) === null ? scratch.schema : null;
  });
}

// RENAME and DROP COLUMN refuse a schema in which a view or a trigger uses what is not there.
function withUsers(
  { scratch: { connection }, from }: Change,
  stale: readonly SchemaEntry[],
): readonly SchemaEntry[] {
  const views = new Set(
    stale.filter(({ type }) => type === "view").map(({ object }) => foldName(object.name)),
  );
  if (views.size === 0) return stale;
  const compiled = new CompiledObjects(connection, new SchemaFollower(connection, isReserved));
  const users = new Set(
    compiled.all.filter(({ uses }) => uses.some((name) => views.has(foldName(name))))
      .flatMap(({ object, name, triggers }) => (object === "view" ? [name] : triggers)),
  );
  const known = new Set(stale.map(({ object }) => object.name));
  const added = entriesOf(from).filter(({ type, object }) =>
    (type === "view" || type === "trigger") && users.has(object.name) && !known.has(object.name)
  );
  return [...stale, ...added];
}

function isFinal({ to, texts }: Change, { type, object }: SchemaEntry): boolean {
  const wanted = findObject(to, type, object.name);
  if (wanted === null || !texts.isSame(wanted.sql, object.sql)) return false;
  return !("table" in object) || !("table" in wanted) ||
    foldName(wanted.table) === foldName(object.table);
}
