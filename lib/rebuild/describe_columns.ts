// Says in words how the columns of a table change. Pure; runs anywhere.

import { foldName } from "../sqlite/fold_name.ts";
import type { Table } from "../sqlite/schema.ts";
import { describeColumn } from "../sqlite/schema_diff.ts";

/** Describes the change of a table for a comment, without a full stop. */
export function describeColumns(
  dropped: readonly string[],
  added: readonly string[],
  current: Table,
  wanted: Table,
): string {
  const altered = wanted.columns.flatMap((column) => {
    const before = current.columns.find(({ name }) => foldName(name) === foldName(column.name));
    const changes = before === undefined ? [] : describeColumn(before, column);
    return changes.length === 0 ? [] : [`${column.name}: ${changes.join(", ")}`];
  });
  const parts = [
    ...(added.length > 0 ? [`adds ${added.join(", ")}`] : []),
    ...(dropped.length > 0 ? [`drops ${dropped.join(", ")} (lost: the values)`] : []),
    ...altered,
  ];
  return parts.length === 0 ? "changes its definition" : parts.join("; ");
}
