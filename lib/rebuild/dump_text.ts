// Writes a schema as the text of a schema.sql. Pure; runs anywhere.

import { foldName } from "../sqlite/fold_name.ts";
import type { Attachment, Schema, Table } from "../sqlite/schema.ts";
import { terminated } from "./script_text.ts";

/**
 * The CREATE statements as SQLite keeps them, in an order that depends on names alone: each table
 * with its indexes, indexes over other tables after these, then views, then triggers.
 */
export function dumpText({ tables, indexes, views, triggers }: Schema): string {
  const order = tables.toSorted((one, other) => rank(one) - rank(other));
  const of = (table: Table): readonly Attachment[] =>
    indexes.filter((index) => foldName(index.table) === foldName(table.name));
  const groups = [
    ...order.map((table) => [table, ...of(table)]),
    ...views.map((view) => [view]),
    ...triggers.map((trigger) => [trigger]),
  ];
  return groups.map((group) => `${group.map(({ sql }) => terminated(sql)).join("\n")}\n`)
    .join("\n");
}

function rank({ kind }: Table): number {
  return kind === "index" ? 1 : 0;
}
