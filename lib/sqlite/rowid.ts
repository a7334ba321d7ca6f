// The names under which SQL reaches the row number of a table. Pure; runs anywhere.

import { foldName } from "./fold_name.ts";
import type { Table } from "./schema.ts";

const ALIASES = ["rowid", "_rowid_", "oid"];

/**
 * A name of the table's row number; `null` if it has none, or if its columns have taken all the
 * names: https://sqlite.org/rowidtable.html
 */
export function rowidOf({ withoutRowid, columns }: Table): string | null {
  if (withoutRowid) return null;
  return ALIASES.find((alias) => !columns.some(({ name }) => foldName(name) === alias)) ?? null;
}
