// `plugins`: lists plugins with their versions and pending counts.

import { openMigrator } from "../../migrator.ts";
import type { CommonOptions } from "../arguments.ts";
import type { Colors, Console } from "../console.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { refuse } from "./refuse.ts";

interface PluginLine {
  readonly plugin_name: string;
  readonly current_version: number | null;
  readonly pending_count: number | null;
  readonly locked: boolean;
  /** Why the plugin cannot be migrated; `null` if it can. */
  readonly problem: string | null;
}

/** Lists every plugin; one that cannot be read is listed with the reason. */
export async function runPlugins(options: CommonOptions, console: Console): Promise<ExitStatus> {
  await using migrator = await openMigrator({ plugins: options.pluginsDir, data: options.dataDir });
  const listed = await migrator.plugins();
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
  if (options.json) console.out(JSON.stringify({ success: true, plugins: lines }));
  else console.out(await renderPlugins(lines, options, console.colors));
  return EXIT.success;
}

async function renderPlugins(
  lines: readonly PluginLine[],
  options: CommonOptions,
  colors: Colors,
): Promise<string> {
  if (lines.length === 0) return `There are no plugins in ${options.pluginsDir}`;
  const { default: Table } = await import("cli-table3");
  const { paragraph, tableLines } = await import("../render/layout.ts");
  const { TABLE_STYLE } = await import("../render/table_style.ts");
  const table = new Table({
    ...TABLE_STYLE,
    head: ["plugin", "version", "pending", ""],
    colAligns: ["left", "right", "right", "left"],
  });
  for (const line of lines) {
    const note = line.problem !== null
      ? colors.red("problem")
      : line.locked
      ? colors.cyan("running")
      : "";
    table.push([line.plugin_name, line.current_version ?? "?", line.pending_count ?? "?", note]);
  }
  const problems = lines.flatMap(({ plugin_name, problem }) =>
    problem === null ? [] : [paragraph(`${colors.red(plugin_name)}:`, problem)]
  );
  return [...tableLines(table), ...problems].join("\n");
}
