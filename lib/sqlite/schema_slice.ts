// The part of a schema that something changed, before and after. Pure; runs anywhere.

import { foldName } from "./fold_name.ts";
import type { Attachment, Schema, Table, View } from "./schema.ts";

/** The objects that changed: as they were and as they are. One that is new has no "before". */
export interface SchemaSlice {
  readonly before: Schema;
  readonly after: Schema;
}

/** An object of a schema and what kind it is. */
export type SchemaEntry =
  | { readonly type: "table"; readonly object: Table }
  | { readonly type: "index" | "trigger"; readonly object: Attachment }
  | { readonly type: "view"; readonly object: View };

/** Sorts objects into a schema. */
export function schemaOf(entries: Iterable<SchemaEntry>): Schema {
  const tables: Table[] = [];
  const indexes: Attachment[] = [];
  const triggers: Attachment[] = [];
  const views: View[] = [];
  for (const entry of entries) {
    if (entry.type === "table") tables.push(entry.object);
    else if (entry.type === "view") views.push(entry.object);
    else if (entry.type === "index") indexes.push(entry.object);
    else triggers.push(entry.object);
  }
  for (const objects of [tables, indexes, triggers, views]) objects.sort(byName);
  return { tables, indexes, triggers, views };
}

/** The objects of a schema with their kinds. */
export function entriesOf(schema: Schema): readonly SchemaEntry[] {
  return [
    ...schema.tables.map((object): SchemaEntry => ({ type: "table", object })),
    ...schema.indexes.map((object): SchemaEntry => ({ type: "index", object })),
    ...schema.triggers.map((object): SchemaEntry => ({ type: "trigger", object })),
    ...schema.views.map((object): SchemaEntry => ({ type: "view", object })),
  ];
}

/** A schema with a change made to it. */
export function withChange(schema: Schema, { before, after }: SchemaSlice): Schema {
  const gone = new Set<object>(entriesOf(before).map(({ object }) => object));
  return schemaOf([
    ...entriesOf(schema).filter(({ object }) => !gone.has(object)),
    ...entriesOf(after),
  ]);
}

/** The tables and views that changed, or whose indexes or triggers did. */
export function changedTables({ before, after }: SchemaSlice): readonly string[] {
  return [before, after].flatMap(({ tables, views, indexes, triggers }) => [
    ...[...tables, ...views].map(({ name }) => name),
    ...[...indexes, ...triggers].map(({ table }) => table),
  ]);
}

/** Collects changes that follow each other into one; what changes back is left out. */
export class SliceCollector {
  readonly #before = new Map<string, SchemaEntry | null>();
  readonly #after = new Map<string, SchemaEntry>();

  /** Adds the change that came next. */
  add({ before, after }: SchemaSlice): void {
    for (const entry of entriesOf(before)) {
      const key = keyOf(entry);
      if (!this.#before.has(key)) this.#before.set(key, entry);
      this.#after.delete(key);
    }
    for (const entry of entriesOf(after)) {
      const key = keyOf(entry);
      if (!this.#before.has(key)) this.#before.set(key, null);
      this.#after.set(key, entry);
    }
  }

  /** All changes so far as one. */
  get slice(): SchemaSlice {
    const changed = [...this.#before].filter(([key, before]) => {
      const after = this.#after.get(key) ?? null;
      return before?.object !== after?.object;
    });
    return {
      before: schemaOf(changed.flatMap(([, before]) => (before === null ? [] : [before]))),
      after: schemaOf(changed.flatMap(([key]) => {
        const after = this.#after.get(key);
        return after === undefined ? [] : [after];
      })),
    };
  }
}

// A trigger may be called as a table is; two objects of other kinds cannot share a name.
function keyOf({ type, object }: SchemaEntry): string {
  return `${type === "trigger" ? "trigger" : "object"} ${foldName(object.name)}`;
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}
