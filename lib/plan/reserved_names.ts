// Names of tables that belong to godwit in a plugin's database. Pure; runs anywhere.

const RESERVED_NAMES = ["plugin_schema_migrations", "plugin_schema_migration_log"];
const RESERVED_PREFIX = "godwit_";

/** Returns whether a table is reserved for godwit. A plugin's SQL may not use it. */
export function isReserved(table: string): boolean {
  const name = table.toLowerCase();
  return RESERVED_NAMES.includes(name) || name.startsWith(RESERVED_PREFIX);
}
