// Names of tables that belong to godwit in a plugin's database. Pure; runs anywhere.

import { foldName } from "../sqlite/fold_name.ts";

const RESERVED_NAMES = ["plugin_schema_migrations", "plugin_schema_migration_log"];
const RESERVED_PREFIX = "godwit_";

/** Returns whether a table is reserved for godwit. A plugin's SQL may not use it. */
export function isReserved(table: string): boolean {
  return RESERVED_NAMES.includes(foldName(table)) || hasReservedPrefix(table);
}

/** Returns whether a name begins with the prefix that is reserved for godwit. */
export function hasReservedPrefix(name: string): boolean {
  return foldName(name).startsWith(RESERVED_PREFIX);
}
