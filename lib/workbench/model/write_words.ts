// Describes what a statement of the prompt writes. Pure; runs anywhere.

import type { DataWrite } from "../../browser/sandbox.ts";
import { count } from "./words.ts";

const VERBS: Readonly<Record<DataWrite["actions"][number], string>> = {
  insert: "insert",
  update: "change",
  delete: "delete",
};

/** `delete 12 rows of log`, `insert or change 3 rows of log, and 2 rows by triggers or keys`. */
export function describeWrite(
  { table, actions, furtherChanges, overwrites }: DataWrite,
  changes: number,
): string {
  const isReplacing = overwrites && actions.every((action) => action === "insert");
  const verbs = actions.map((action) => VERBS[action]).join(" or ");
  const further = furtherChanges === 0
    ? ""
    : `, and ${count(furtherChanges, "row")} by triggers or foreign keys`;
  const verb = isReplacing ? "insert or replace" : verbs;
  return `${verb} ${count(changes, "row")} of ${table}${further}`;
}
