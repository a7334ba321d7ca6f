// Handles `plugins`: lists the plugins and the databases of their tenants.

import { isError } from "../finding/finding.ts";
import type { PluginsReply, TenantEntry } from "../message/reply.ts";
import type { CheckedPlugins } from "../message/request.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { LoadedFiles } from "../database/session.ts";
import type { Outcome } from "../outcome.ts";
import { compareDatabase, loadFiles } from "./compare_database.ts";
import type { HandlerContext } from "./context.ts";
import { databaseFailure, type Failure, failureReply } from "./failure.ts";

/**
 * Names every plugin that has migrations, and reports a page of their tenants' databases. Only the
 * histories are read: nothing is rehearsed, so a thousand databases take seconds.
 */
export async function plugins(
  { plugin: all }: DatabaseAddress,
  { plugin: only, limit, offset }: CheckedPlugins,
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
  const addresses: { readonly plugin: string; readonly tenant: string }[] = [];
  for (const plugin of names) {
    const tenants = await databases.tenantsOf?.(plugin) ?? { ok: true, value: [] };
    if (!tenants.ok) return databaseFailure(tenants, all);
    addresses.push(...tenants.value.map((tenant) => ({ plugin, tenant })));
  }
  const files = new Map<string, Outcome<LoadedFiles>>();
  const tenants: TenantEntry[] = [];
  // One after another, so that other requests find a thread.
  for (const address of addresses.slice(offset, offset + limit)) {
    const loaded = files.get(address.plugin) ?? await loadFiles(address.plugin, context);
    files.set(address.plugin, loaded);
    const state = await tenantState(address, loaded, context);
    tenants.push({ plugin_name: address.plugin, tenant: address.tenant, ...state });
  }
  return {
    success: true,
    verb: "plugins",
    plugin_name: all,
    plugins: [...names],
    tenants,
    tenant_count: addresses.length,
  };
}

async function tenantState(
  address: DatabaseAddress,
  loaded: Outcome<LoadedFiles>,
  context: HandlerContext,
): Promise<Omit<TenantEntry, "plugin_name" | "tenant">> {
  const unknown = { current_version: null, pending_count: null, locked: false };
  if (!loaded.ok) return { ...unknown, problem: loaded.message };
  const compared = await compareDatabase(address, loaded.value, context);
  if (!compared.ok) return { ...unknown, problem: compared.message };
  const { currentVersion, pending, drift, isLocked } = compared.value;
  const problem = [...loaded.value.findings, ...drift].find(isError);
  return {
    current_version: currentVersion,
    pending_count: pending,
    locked: isLocked,
    problem: problem?.message ?? null,
  };
}
