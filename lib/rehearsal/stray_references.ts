// Follows the tables that a run renames. SQLite writes the new name into every key, view and
// trigger that uses the table (https://sqlite.org/lang_altertable.html#altertabrename). If a new
// table takes the old name, they stay with the renamed one.

import type { SourcePlace } from "../finding/source_text.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import type { SchemaSlice } from "../sqlite/schema_slice.ts";

/** An object into which a RENAME wrote the new name of a table. */
interface Rewritten {
  readonly object: "foreign key" | "view" | "trigger";
  /** The view or the trigger, or the table that has the key. */
  readonly name: string;
  /** The table or view that the trigger is on; otherwise the name. */
  readonly owner: string;
  /** The CREATE statement as the RENAME left it. */
  readonly sql: string;
}

/** A table that was renamed, and the objects into which SQLite wrote the new name. */
export interface TableRename {
  readonly was: string;
  readonly now: string;
  readonly file: string;
  readonly place: SourcePlace;
  readonly rewritten: readonly Rewritten[];
}

/** A key, view or trigger that stays with a renamed table, whose former name another table has. */
export interface StrayReference
  extends Pick<Rewritten, "object" | "name">, Omit<TableRename, "rewritten"> {}

/** Reads from the change of the schema what a RENAME did; `null` for a reserved name. */
export function tableRenameIn(
  { before, after }: SchemaSlice,
): Omit<TableRename, "file" | "place"> | null {
  const old = new Set(before.tables.map(({ name }) => foldName(name)));
  const present = new Set(after.tables.map(({ name }) => foldName(name)));
  const was = before.tables.find(({ name }) => !present.has(foldName(name)))?.name;
  const now = after.tables.find(({ name }) => !old.has(foldName(name)))?.name;
  if (was === undefined || now === undefined) return null;
  const rewritten = [
    ...after.tables.filter(({ name, foreignKeys }) =>
      name !== now && foreignKeys.some(({ parent }) => foldName(parent) === foldName(now))
    ).map(({ name, sql }) => ({ object: "foreign key", name, owner: name, sql } as const)),
    ...after.views.map(({ name, sql }) => ({ object: "view", name, owner: name, sql } as const)),
    ...after.triggers.filter(({ table }) => foldName(table) !== foldName(now))
      .map(({ name, table, sql }) => ({ object: "trigger", name, owner: table, sql } as const)),
  ];
  return { was, now, rewritten };
}

/** The stray references of a schema, as far as the renames of a run made them. */
export class StrayReferences {
  readonly #schema: SchemaFollower;
  #renames: readonly TableRename[] = [];

  constructor(schema: SchemaFollower) {
    this.#schema = schema;
  }

  /**
   * Adds renames in the order in which they ran. A table that gets its name back is not renamed.
   */
  add(renames: readonly TableRename[]): void {
    for (const rename of renames) {
      const former = this.#renames.find(({ now }) => foldName(now) === foldName(rename.was));
      const was = former?.was ?? rename.was;
      this.#renames = [
        ...this.#renames.filter((each) => each !== former),
        ...(foldName(was) === foldName(rename.now) ? [] : [{ ...rename, was }]),
      ];
    }
  }

  /** Those that there are now. */
  get all(): readonly StrayReference[] {
    return this.#renames.filter(({ was }) => this.#schema.table(was) !== null)
      .flatMap(({ rewritten, ...rename }) =>
        rewritten.filter((each) => this.#isStray(each, rename.now))
          .map(({ object, name }) => ({ ...rename, object, name }))
      );
  }

  #isStray({ object, name, owner, sql }: Rewritten, now: string): boolean {
    switch (object) {
      case "foreign key":
        return this.#schema.table(name)?.foreignKeys.some(({ parent }) =>
          foldName(parent) === foldName(now)
        ) ?? false;
      case "view":
        return this.#schema.view(name)?.sql === sql;
      case "trigger":
        return this.#schema.triggersOn(owner).some((each) =>
          each.name === name && each.sql === sql
        );
    }
    object satisfies never;
    return false;
  }
}
