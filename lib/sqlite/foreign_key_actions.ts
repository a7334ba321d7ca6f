// Finds the foreign keys whose actions a statement would set off if they were enforced. Pure.

import { type Access, isSchemaChange, isTemporary, isWrite } from "./access.ts";
import { foldName } from "./fold_name.ts";
import type { ForeignKey, Table } from "./schema.ts";
import type { SchemaFollower } from "./schema_follower.ts";
import { referencedColumns } from "./referenced_columns.ts";

/** A foreign key with an action for what a statement does to its parent. */
export interface FiringKey {
  readonly parent: string;
  readonly child: Table;
  readonly key: ForeignKey;
  /** Such as `ON DELETE CASCADE`. */
  readonly action: string;
}

const REPLACE = /\breplace\b/i;
const ACTION = / (?:CASCADE|SET NULL|SET DEFAULT)$/;

/**
 * The keys with an action for rows that a statement deletes or replaces, or whose key it updates.
 * DROP TABLE is none of them.
 */
export function firingKeys(
  sql: string,
  accesses: readonly Access[],
  schema: SchemaFollower,
): readonly FiringKey[] {
  if (accesses.some(isSchemaChange)) return [];
  const found = accesses.flatMap((access) => {
    if (!isWrite(access)) return [];
    const parent = isTemporary(access) ? null : schema.table(access.table);
    if (parent === null) return [];
    // A conflict may be resolved by deleting the row in the way.
    const replaces = access.kind !== "delete" && (REPLACE.test(sql) || REPLACE.test(parent.sql));
    const keys = schema.childrenOf(parent.name).flatMap((child) =>
      child.foreignKeys.filter((key) => foldName(key.parent) === foldName(parent.name))
        .map((key) => ({ child, key }))
    );
    return keys.flatMap(({ child, key }): readonly FiringKey[] => {
      const isUpdated = access.kind === "update" && isKey(access.column, key, parent);
      const actions = [
        ...(access.kind === "delete" || replaces ? [`ON DELETE ${key.onDelete}`] : []),
        ...(isUpdated ? [`ON UPDATE ${key.onUpdate}`] : []),
      ];
      return actions.filter((action) => ACTION.test(action))
        .map((action) => ({ parent: parent.name, child, key, action }));
    });
  });
  return [...new Map(found.map((each) => [nameOf(each), each])).values()];
}

function nameOf({ child, key, action }: FiringKey): string {
  return `${child.name} ${key.columns} ${action}`;
}

function isKey(column: string | null, key: ForeignKey, parent: Table): boolean {
  if (column === null) return true;
  return [...referencedColumns(key, parent), "rowid"].some((name) =>
    foldName(name) === foldName(column)
  );
}
