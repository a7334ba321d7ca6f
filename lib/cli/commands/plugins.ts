// `plugins`: lists plugins and their tenants with versions and pending counts.

import { counted } from "../../finding/counted.ts";
import type { TenantEntry } from "../../message/reply.ts";
import { openMigrator } from "../../migrator.ts";
import type { CommonOptions } from "../command.ts";
import type { Colors, Console } from "../console.ts";
import { databaseOf } from "../render/database_of.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { refuse } from "./refuse.ts";

/** The plugin's own database, in the form of a tenant's. */
type PluginLine = Omit<TenantEntry, "tenant">;

// Programs get as many tenants as a reply may have, people as many as they can read.
const MAX_TENANTS = { json: 10_000, terminal: 200 };

/** Lists every plugin; one that cannot be read is listed with the reason. */
export async function runPlugins(options: CommonOptions, console: Console): Promise<ExitStatus> {
  await using migrator = await openMigrator({ plugins: options.pluginsDir, data: options.dataDir });
  const listed = await migrator.plugins({
    limit: options.json ? MAX_TENANTS.json : MAX_TENANTS.terminal,
  });
  if (!listed.success) return refuse(listed, options, console);
  const lines: PluginLine[] = [];
  for (const name of listed.plugins) {
    const reply = await migrator.status(name, { limit: 1_000 });
    const errors = reply.success
      ? [...reply.checksum_warnings, ...reply.pending_warnings].filter(({ level }) =>
        level === "ERROR"
      )
      : [];
    lines.push({
      plugin_name: name,
      current_version: reply.success ? reply.current_version : null,
      pending_count: reply.success ? reply.pending_count : null,
      locked: reply.success && reply.locked,
      problem: reply.success ? errors[0]?.message ?? null : reply.message,
    });
  }
  const { tenants, tenant_count } = listed;
  if (options.json) {
    console.out(JSON.stringify({ success: true, plugins: lines, tenants, tenant_count }));
  } else {
    const databases = lines.flatMap((line) => [
      line,
      ...tenants.filter(({ plugin_name }) => plugin_name === line.plugin_name),
    ]);
    console.out(await renderDatabases(databases, options, console.colors));
    const left = tenant_count - tenants.length;
    if (left > 0) console.out(`and ${counted(left, "more tenant")}; --json lists them`);
  }
  return EXIT.success;
}

/** Lists the names of plugins and of their tenants' databases, and opens none of them. */
export async function listNames(options: CommonOptions, console: Console): Promise<ExitStatus> {
  await using migrator = await openMigrator({ plugins: options.pluginsDir, data: options.dataDir });
  const names: { readonly plugin_name: string; readonly tenant: string }[] = [];
  const request = { names_only: true, limit: MAX_TENANTS.json };
  for (;;) {
    const listed = await migrator.plugins({ ...request, offset: names.length });
    if (!listed.success) return refuse(listed, options, console);
    const { plugins, tenants, tenant_count } = listed;
    names.push(...tenants.map(({ plugin_name, tenant }) => ({ plugin_name, tenant })));
    if (tenants.length > 0 && names.length < tenant_count) continue;
    if (options.json) {
      console.out(JSON.stringify({ success: true, plugins, tenants: names, tenant_count }));
    } else {
      const databases = [...plugins.map((plugin_name) => ({ plugin_name })), ...names];
      console.out(databases.map(databaseOf).join("\n"));
    }
    return EXIT.success;
  }
}

async function renderDatabases(
  lines: readonly (PluginLine | TenantEntry)[],
  options: CommonOptions,
  colors: Colors,
): Promise<string> {
  if (lines.length === 0) return `There are no plugins in ${options.pluginsDir}`;
  const { paragraph } = await import("../render/layout.ts");
  const { left, right, tableLines } = await import("../render/text_table.ts");
  const rows = lines.map((line) => {
    const note = line.problem !== null
      ? colors.red("problem")
      : line.locked
      ? colors.cyan("running")
      : "";
    return [databaseOf(line), line.current_version ?? "?", line.pending_count ?? "?", note];
  });
  const columns = [left("plugin"), right("version"), right("pending"), left("")];
  const problems = lines.flatMap((line) =>
    line.problem === null ? [] : [paragraph(`${colors.red(databaseOf(line))}:`, line.problem)]
  );
  return [...tableLines(columns, rows), ...problems].join("\n");
}
