// Where databases are in a data directory, and which tenants have one there. For Deno.

import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isPluginName } from "../message/plugin_name.ts";
import { fileState } from "../file_state.ts";
import { codeOf } from "../outcome.ts";
import { type DatabaseAddress, databaseName, OWN_DIRECTORIES } from "../plan/database_address.ts";
import type { DatabaseOutcome } from "./session.ts";

const EXTENSION = ".sqlite3";

/** Joins `<data>/<plugin>.sqlite3`, or `<data>/<plugin>/<tenant>.sqlite3` for a tenant. */
export function databasePath(dataDir: string, address: DatabaseAddress): string {
  return join(dataDir, `${databaseName(address)}${EXTENSION}`);
}

/**
 * The state of a database's files; `null` where a journal shows that a transaction was begun, or
 * where they have just been written. Every commit writes to the file or to the write-ahead log.
 */
export function databaseState(dataDir: string, address: DatabaseAddress): string | null {
  const path = databasePath(dataDir, address);
  const log = `${path}-wal`;
  try {
    if (existsSync(`${path}-journal`)) return null;
    return fileState(existsSync(log) ? [path, log] : [path]);
  } catch {
    // Opening the database says why it cannot be read.
    return null;
  }
}

/** Names the tenants of a plugin that have a database, in alphabetical order. */
export async function tenantsIn(
  dataDir: string,
  plugin: string,
): Promise<DatabaseOutcome<readonly string[]>> {
  const directory = join(dataDir, plugin);
  try {
    const names = (await readdir(directory))
      .filter((file) => file.endsWith(EXTENSION))
      .map((file) => file.slice(0, -EXTENSION.length));
    // A tenant's name has the grammar of a plugin's.
    return { ok: true, value: names.filter(isPluginName).sort() };
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOENT" || code === "ENOTDIR"
      ? { ok: true, value: [] }
      : { ok: false, code: "unavailable", message: `Cannot read ${directory}: ${code}` };
  }
}

/** Lists the databases of a plugin: its own, where there is one, and those of its tenants. */
export async function addressesIn(
  dataDir: string,
  plugin: string,
): Promise<DatabaseOutcome<readonly DatabaseAddress[]>> {
  const tenants = await tenantsIn(dataDir, plugin);
  if (!tenants.ok) return tenants;
  const own = { plugin, tenant: null };
  const found = tenants.value.map((tenant) => ({ plugin, tenant }));
  return { ok: true, value: existsSync(databasePath(dataDir, own)) ? [own, ...found] : found };
}

/** Names the plugins that have a database, their own or a tenant's, in alphabetical order. */
export async function pluginsIn(dataDir: string): Promise<DatabaseOutcome<readonly string[]>> {
  const plugins = new Set<string>();
  try {
    for (const entry of await readdir(dataDir, { withFileTypes: true })) {
      const { name } = entry;
      if (entry.isFile() && name.endsWith(EXTENSION)) plugins.add(name.slice(0, -EXTENSION.length));
      else if (entry.isDirectory() && !OWN_DIRECTORIES.includes(name)) {
        const tenants = await tenantsIn(dataDir, name);
        if (tenants.ok && tenants.value.length > 0) plugins.add(name);
      }
    }
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ENOENT") {
      return { ok: false, code: "unavailable", message: `Cannot read ${dataDir}: ${code}` };
    }
  }
  return { ok: true, value: [...plugins].filter(isPluginName).sort() };
}
