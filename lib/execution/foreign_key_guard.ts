// Keeps the foreign keys of a run whole: whatever a step may break is checked before and after it.

import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import { changedTables, type SchemaSlice } from "../sqlite/schema_slice.ts";
import { checkForeignKeys, describeNewTroubles, type KeyTrouble } from "./foreign_keys.ts";

/** A key that is faulty until a later step of the run mends it. */
interface Tolerated {
  readonly table: string;
  readonly columns: string;
  readonly mendedBy: number;
}

/** Compares the foreign keys after each step with those before the run. */
export class ForeignKeyGuard {
  readonly #connection: Connection;
  readonly #schema: SchemaFollower;
  /** What was wrong with a table before the first step that may have changed that. */
  #before = new Map<string, readonly KeyTrouble[]>();
  #tolerated: readonly Tolerated[] = [];

  constructor(connection: Connection, schema: SchemaFollower) {
    this.#connection = connection;
    this.#schema = schema;
  }

  /** Remembers how the keys are that a step may break. */
  beforeStep({ touched }: RehearsedStep): void {
    const tables = touched ?? this.#schema.schema.tables.map(({ name }) => name);
    for (const name of this.#withChildren(tables)) {
      const key = foldName(name);
      if (!this.#before.has(key)) this.#before.set(key, this.#check(name));
    }
  }

  /** Says what a step broke and no later step mends; `null` where it broke nothing. */
  afterStep(
    { version, touched, renamed, faultyKeys }: RehearsedStep,
    slice: SchemaSlice,
  ): string | null {
    const names = new Map(renamed.map(({ was, name }) => [foldName(was), name]));
    const present = (name: string): string => names.get(foldName(name)) ?? name;
    if (renamed.length > 0) {
      this.#before = new Map(
        [...this.#before].map(([key, troubles]) => [foldName(present(key)), troubles]),
      );
    }
    this.#tolerated = [
      ...this.#tolerated.map((each) => ({ ...each, table: present(each.table) })),
      ...faultyKeys.flatMap(({ table, columns, mendedBy }) => {
        const mender = mendedBy?.version ?? null;
        return mender === null ? [] : [{ table, columns, mendedBy: mender }];
      }),
    ].filter(({ mendedBy }) => mendedBy !== version);
    const tables = touched === null
      ? this.#schema.schema.tables.map(({ name }) => name)
      : [...touched.map(present), ...changedTables(slice)];
    const broken = this.#withChildren(tables).flatMap((name) => {
      // A table that the run has made had nothing wrong with it before.
      const before = this.#before.get(foldName(name)) ?? [];
      this.#before.set(foldName(name), before);
      const after = this.#check(name).filter((trouble) => !this.#isTolerated(trouble));
      return describeNewTroubles(before, after) ?? [];
    });
    return broken.length === 0 ? null : broken.join("; ");
  }

  // Cascades reach the children of children.
  #withChildren(tables: readonly string[]): readonly string[] {
    const found = new Map<string, string>();
    const waiting = [...tables];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (found.has(foldName(name))) continue;
      found.set(foldName(name), name);
      waiting.push(...this.#schema.childrenOf(name).map((child) => child.name));
    }
    return [...found.values()];
  }

  #check(name: string): readonly KeyTrouble[] {
    const table = this.#schema.table(name);
    return table === null ? [] : checkForeignKeys(this.#connection, table);
  }

  #isTolerated(trouble: KeyTrouble): boolean {
    return this.#tolerated.some(({ table, columns }) =>
      foldName(table) === foldName(trouble.table) &&
      (trouble.kind === "mismatch" || foldName(columns) === foldName(trouble.key.columns))
    );
  }
}
