// Which database is meant: a plugin's own, or that of one of its tenants. Pure; runs anywhere.

/** The address of a database. Requests are checked before an address is made of their names. */
export interface DatabaseAddress {
  readonly plugin: string;
  /** The customer, room or user that the database is for; `null` for the plugin's own database. */
  readonly tenant: string | null;
}

/** In the data directory these hold godwit's own files, which operators delete. */
export const OWN_DIRECTORIES: readonly string[] = ["backups", "locks"];

/**
 * Writes an address as `quote-db` or `quote-db/acme`. No two addresses have the same name, and a
 * name is a safe relative path, because neither part can contain a separator or a dot.
 */
export function databaseName({ plugin, tenant }: DatabaseAddress): string {
  return tenant === null ? plugin : `${plugin}/${tenant}`;
}
