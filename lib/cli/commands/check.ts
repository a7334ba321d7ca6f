// `check [plugin]`: parses, rehearses and lints every file, for CI.

import { counted } from "../../finding/counted.ts";
import { openMigrator } from "../../migrator.ts";
import type { FindingMessage } from "../../message/reply.ts";
import type { CheckOptions, CommonOptions } from "../command.ts";
import type { Console } from "../console.ts";
import { renderFindings } from "../render/findings.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { refuse } from "./refuse.ts";

interface PluginReport {
  readonly plugin_name: string;
  readonly migrations: number;
  readonly query_files: number;
  readonly errors: readonly FindingMessage[];
  readonly warnings: readonly FindingMessage[];
}

/** Checks one plugin, or all; fails if any file has an error. */
export async function runCheck(
  { plugin, prove, live, tenant }: CheckOptions,
  options: CommonOptions,
  console: Console,
): Promise<ExitStatus> {
  await using migrator = await openMigrator({
    plugins: options.pluginsDir,
    data: options.dataDir,
    ...options.databases,
  });
  let names: readonly string[];
  if (plugin === undefined) {
    const listed = await migrator.plugins();
    if (!listed.success) return refuse(listed, options, console);
    names = listed.plugins;
  } else names = [plugin];
  if (names.length === 0) {
    const message =
      `There are no plugins in ${options.pluginsDir}; name another directory with --plugins`;
    return refuse({ error_code: "PLUGIN_NOT_FOUND", message }, options, console);
  }
  const reports: PluginReport[] = [];
  for (const name of names) {
    const reply = await migrator.check(name, { prove, live, tenant });
    // The files of the other plugins are checked all the same.
    if (!reply.success && reply.error_code !== "VALIDATION_FAILED") {
      return refuse(reply, options, console);
    }
    reports.push({
      plugin_name: name,
      migrations: reply.migrations ?? 0,
      query_files: reply.query_files ?? 0,
      errors: reply.success ? [] : reply.errors,
      warnings: reply.warnings,
    });
  }
  const success = reports.every(({ errors }) => errors.length === 0);
  if (options.json) console.out(JSON.stringify({ success, plugins: reports }));
  else for (const report of reports) console.out(renderReport(report, console));
  return success ? EXIT.success : EXIT.failure;
}

function renderReport(
  { plugin_name, migrations, query_files, errors, warnings }: PluginReport,
  { colors }: Console,
): string {
  const ofLevel = (level: FindingMessage["level"]): number =>
    warnings.filter((each) => each.level === level).length;
  const problems = ([
    [errors.length, "error"],
    [ofLevel("WARNING"), "warning"],
    [ofLevel("INFO"), "note"],
  ] as const).filter(([amount]) => amount > 0).map(([amount, noun]) => counted(amount, noun));
  const mark = errors.length === 0 ? colors.green("✓") : colors.red("✗");
  const queries = query_files === 0 ? [] : [`${counted(query_files, "file")} of queries`];
  const head = `${mark} ${plugin_name}: ${
    [counted(migrations, "migration"), ...queries, ...problems].join(", ")
  }`;
  const findings = renderFindings([...errors, ...warnings], colors);
  return findings === "" ? head : `${head}\n${findings}`;
}
