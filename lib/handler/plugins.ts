// Handles `plugins`: lists the plugins and the databases of their tenants.

import pMap from "p-map";
import type { PluginsReply, TenantEntry } from "../message/reply.ts";
import type { CheckedPlugins } from "../message/request.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { compareDatabase, PluginFiles } from "./compare_database.ts";
import type { HandlerContext } from "./context.ts";
import { databaseFailure, type Failure, failureReply } from "./failure.ts";

// A thread that reads stays free for other requests for most of the time.
const CONCURRENCY = 2;

// To look at a database's files takes some ten microseconds, in which nothing else is answered.
const UNINTERRUPTED = 100;

/**
 * Names every plugin that has migrations, and reports a page of their tenants' databases. Only the
 * histories are read, of databases that have changed since they were compared; nothing is rehearsed.
 */
export async function plugins(
  { plugin: all }: DatabaseAddress,
  { plugin: only, names_only: namesOnly, limit, offset }: CheckedPlugins,
  context: HandlerContext,
): Promise<PluginsReply | Failure> {
  const { source, databases } = context;
  const listed = await source.plugins();
  if (!listed.ok) return failureReply("PLUGIN_NOT_FOUND", all, listed.message);
  const names = only === undefined ? listed.names : listed.names.filter((name) => name === only);
  if (only !== undefined && names.length === 0) {
    return failureReply(
      "PLUGIN_NOT_FOUND",
      only,
      `There is no plugin "${only}" with migrations; list the plugins without naming one`,
    );
  }
  const addresses: TenantAddress[] = [];
  for (const plugin of names) {
    const tenants = await databases.tenantsOf?.(plugin) ?? { ok: true, value: [] };
    if (!tenants.ok) return databaseFailure(tenants, all);
    addresses.push(...tenants.value.map((tenant) => ({ plugin, tenant })));
  }
  const files = new Map(names.map((plugin) => [plugin, new PluginFiles(plugin, context)]));
  const tenants = await pMap(addresses.slice(offset, offset + limit), async (address, index) => {
    if (namesOnly) return unknownEntry(address, null);
    if (index % UNINTERRUPTED === 0) await new Promise((resolve) => setTimeout(resolve));
    return await entryOf(address, files, context);
  }, { concurrency: CONCURRENCY });
  return {
    success: true,
    verb: "plugins",
    plugin_name: all,
    plugins: [...names],
    tenants,
    tenant_count: addresses.length,
  };
}

type TenantAddress = DatabaseAddress & { readonly tenant: string };

async function entryOf(
  address: TenantAddress,
  files: ReadonlyMap<string, PluginFiles>,
  context: HandlerContext,
): Promise<TenantEntry> {
  const { plugin, tenant } = address;
  const known = files.get(plugin) ?? new PluginFiles(plugin, context);
  const compared = await compareDatabase(address, known, context);
  if (!compared.ok) return unknownEntry(address, compared.message);
  const { currentVersion, pending, problem, isLocked } = compared.value;
  return {
    plugin_name: plugin,
    tenant,
    current_version: currentVersion,
    pending_count: pending,
    locked: isLocked,
    problem,
  };
}

function unknownEntry({ plugin, tenant }: TenantAddress, problem: string | null): TenantEntry {
  const unknown = { current_version: null, pending_count: null, locked: false };
  return { plugin_name: plugin, tenant, ...unknown, problem };
}
