// Names of tables that belong to godwit in a plugin's database. Pure; runs anywhere.

const RESERVED_NAMES = ["plugin_schema_migrations", "plugin_schema_migration_log"];
const RESERVED_PREFIX = "godwit_";

/** Says whether a table is godwit's, which a plugin's SQL may not touch. */
export function isReserved(table: string): boolean {
  const name = table.toLowerCase();
  return RESERVED_NAMES.includes(name) || name.startsWith(RESERVED_PREFIX);
}
