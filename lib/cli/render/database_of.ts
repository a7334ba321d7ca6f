// Names the database that a reply is about.

import { databaseName } from "../../plan/database_address.ts";

/** Writes `quote-db`, or `quote-db/acme` for a tenant. */
export function databaseOf(reply: {
  readonly plugin_name: string;
  readonly tenant?: string | undefined;
}): string {
  return databaseName({ plugin: reply.plugin_name, tenant: reply.tenant ?? null });
}
