// Compares the schema before and after a migration. Pure; runs anywhere.

import type { SchemaObject } from "./access.ts";
import { foldName } from "./fold_name.ts";
import type { Attachment, Column, ForeignKey, Schema, Table, View } from "./schema.ts";
import type { Lineage } from "./schema_lineage.ts";
import type { SchemaSlice } from "./schema_slice.ts";
import { storedColumns } from "./stored_columns.ts";

/** One object or column that was added, removed, altered or renamed. */
export interface SchemaChange {
  readonly change: "added" | "removed" | "altered" | "renamed";
  readonly object: SchemaObject | "column";
  /** The table that a column, index or trigger belongs to; `null` for tables and views. */
  readonly table: string | null;
  readonly name: string;
  /** What was altered, or the former name. */
  readonly detail: string | null;
}

/** A table before the migration and the same table after it. */
export interface TableFate {
  readonly before: Table;
  /** `null` if the table was dropped. */
  readonly after: Table | null;
  /** Dropped columns of a table that still exists. */
  readonly droppedColumns: readonly string[];
  /** Stored columns that still exist, with their present names. */
  readonly keptColumns: readonly KeptColumn[];
  /** Stored columns that are new. */
  readonly addedColumns: readonly string[];
}

/** A column before and after a migration. */
export interface KeptColumn {
  readonly name: string;
  readonly nameAfter: string;
}

/** What a migration did to the schema. */
export interface SchemaDiff {
  readonly changes: readonly SchemaChange[];
  readonly fates: readonly TableFate[];
}

/**
 * Describes a change of a schema. A table that was dropped and created again under its name is the
 * same table. A column is dropped if neither its name nor a renamed descendant is left.
 */
export function describeChange({ before, after }: SchemaSlice, lineage: Lineage): SchemaDiff {
  const survivorOf = findSurvivors(after, lineage);
  const fates = before.tables.map((table): TableFate => {
    const survivor = survivorOf(table);
    return survivor === null
      ? { before: table, after: null, droppedColumns: [], keptColumns: [], addedColumns: [] }
      : {
        before: table,
        after: survivor,
        droppedColumns: lostColumns(table, survivor, lineage),
        keptColumns: keptColumns(table, survivor, lineage),
        addedColumns: addedColumns(table, survivor, lineage),
      };
  });
  const survivors = new Set(fates.map(({ after }) => after));
  return {
    fates,
    changes: [
      ...fates.flatMap((fate) => tableChanges(fate, lineage)),
      ...after.tables.filter((table) => !survivors.has(table)).map((table) =>
        change("added", "table", null, table.name)
      ),
      ...objectChanges("index", before.indexes, after.indexes),
      ...objectChanges("trigger", before.triggers, after.triggers),
      ...objectChanges("view", before.views, after.views),
    ],
  };
}

// A descendant by rename comes first: after "rename t to old, create t" both exist.
function findSurvivors(after: Schema, lineage: Lineage): (table: Table) => Table | null {
  const descendants = new Map<string, Table>();
  const namesakes = new Map<string, Table>();
  for (const table of after.tables.toReversed()) {
    const origin = lineage.originOf(table.name);
    if (origin !== null) descendants.set(origin, table);
    namesakes.set(foldName(table.name), table);
  }
  return ({ name }) => {
    const dropped = lineage.droppedAs(name);
    return descendants.get(name) ??
      (dropped === null ? undefined : namesakes.get(foldName(dropped.name))) ??
      namesakes.get(foldName(name)) ?? null;
  };
}

/** The present name of `column` of the former table. */
function successorOf(column: string, before: Table, after: Table, lineage: Lineage): Column | null {
  if (lineage.originOf(after.name) === before.name) {
    return after.columns.find(({ name }) => lineage.columnOriginOf(after.name, name) === column) ??
      null;
  }
  // A recreated table: its columns are matched by the names that they had in the dropped one.
  const dropped = lineage.droppedAs(before.name);
  const present = dropped === null || !sameName(dropped.name, after.name)
    ? column
    : [...dropped.columns].find(([, former]) => former === column)?.[0] ?? null;
  if (present === null) return null;
  return after.columns.find(({ name }) => sameName(name, present)) ?? null;
}

function lostColumns(before: Table, after: Table, lineage: Lineage): readonly string[] {
  return storedColumns(before).filter((name) => successorOf(name, before, after, lineage) === null);
}

function keptColumns(before: Table, after: Table, lineage: Lineage): readonly KeptColumn[] {
  return storedColumns(before).flatMap((name) => {
    const successor = successorOf(name, before, after, lineage);
    return successor === null ? [] : [{ name, nameAfter: successor.name }];
  });
}

function addedColumns(before: Table, after: Table, lineage: Lineage): readonly string[] {
  const successors = new Set(
    before.columns.map(({ name }) => successorOf(name, before, after, lineage)),
  );
  return after.columns.filter((column) => !column.generated && !successors.has(column))
    .map(({ name }) => name);
}

function tableChanges({ before, after }: TableFate, lineage: Lineage): readonly SchemaChange[] {
  if (after === null) return [change("removed", "table", null, before.name)];
  // The same array as before means that no statement has changed the table.
  if (after.columns === before.columns && after.name === before.name) return [];
  // The columns of an index over another table hold nothing that could be lost.
  if (before.kind === "index" && after.kind === "index" && after.name === before.name) {
    return before.sql === after.sql
      ? []
      : [change("altered", "table", null, after.name, "definition")];
  }
  const changes: SchemaChange[] = [];
  if (after.name !== before.name) {
    changes.push(change("renamed", "table", null, after.name, `was ${before.name}`));
  }

  const successors = new Set<Column>();
  for (const column of before.columns) {
    const successor = successorOf(column.name, before, after, lineage);
    if (successor === null) {
      changes.push(change("removed", "column", after.name, column.name));
      continue;
    }
    successors.add(successor);
    if (!sameName(successor.name, column.name)) {
      changes.push(change("renamed", "column", after.name, successor.name, `was ${column.name}`));
    }
    const altered = describeColumn(column, successor);
    if (altered.length > 0) {
      changes.push(change("altered", "column", after.name, successor.name, altered.join(", ")));
    }
  }
  for (const column of after.columns) {
    if (!successors.has(column)) changes.push(change("added", "column", after.name, column.name));
  }
  const altered = describeTable(before, after, changes.length > 0);
  if (altered !== null) changes.push(change("altered", "table", null, after.name, altered));
  return changes;
}

/** What is different in two descriptions of a column, in words; empty where nothing is. */
export function describeColumn(before: Column, after: Column): readonly string[] {
  const altered: string[] = [];
  if (before.type.toUpperCase() !== after.type.toUpperCase()) {
    altered.push(`type ${before.type || "none"} to ${after.type || "none"}`);
  }
  if (before.notNull !== after.notNull) {
    altered.push(after.notNull ? "now NOT NULL" : "no longer NOT NULL");
  }
  if (before.defaultValue !== after.defaultValue) {
    altered.push(`default ${before.defaultValue ?? "none"} to ${after.defaultValue ?? "none"}`);
  }
  if (before.primaryKey !== after.primaryKey) altered.push("place in the primary key");
  return altered;
}

function describeTable(before: Table, after: Table, columnsChanged: boolean): string | null {
  const altered: string[] = [];
  if (describeKeys(before.foreignKeys) !== describeKeys(after.foreignKeys)) {
    altered.push("foreign keys");
  }
  if (before.strict !== after.strict) {
    altered.push(after.strict ? "now STRICT" : "no longer STRICT");
  }
  if (before.withoutRowid !== after.withoutRowid) {
    altered.push(after.withoutRowid ? "now WITHOUT ROWID" : "no longer WITHOUT ROWID");
  }
  // No pragma shows CHECK constraints and the like; only the text does.
  if (altered.length === 0 && !columnsChanged && bodyOf(before) !== bodyOf(after)) {
    altered.push("definition");
  }
  return altered.length === 0 ? null : altered.join(", ");
}

function describeKeys(keys: readonly ForeignKey[]): string {
  return keys.map((key) => foldName(Object.values(key).join("|"))).sort().join("\n");
}

// The definition after the table's name, which quoting and renames change.
function bodyOf({ sql }: Table): string {
  const start = sql.indexOf("(");
  return sql.slice(start === -1 ? 0 : start).replaceAll(/\s+/g, " ");
}

function objectChanges(
  object: "index" | "trigger" | "view",
  before: readonly (Attachment | View)[],
  after: readonly (Attachment | View)[],
): readonly SchemaChange[] {
  const present = new Map(after.map((each) => [each.name, each]));
  const former = new Set(before.map(({ name }) => name));
  return [
    ...before.flatMap((each) => {
      const same = present.get(each.name);
      if (same === undefined) return [change("removed", object, tableOf(each), each.name)];
      return same.sql === each.sql
        ? []
        : [change("altered", object, tableOf(same), each.name, "definition")];
    }),
    ...after.filter(({ name }) => !former.has(name)).map((each) =>
      change("added", object, tableOf(each), each.name)
    ),
  ];
}

function tableOf(object: Attachment | View): string | null {
  return "table" in object ? object.table : null;
}

function change(
  kind: SchemaChange["change"],
  object: SchemaChange["object"],
  table: string | null,
  name: string,
  detail: string | null = null,
): SchemaChange {
  return { change: kind, object, table, name, detail };
}

function sameName(one: string, other: string): boolean {
  return foldName(one) === foldName(other);
}
