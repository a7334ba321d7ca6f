// `check [plugin]`: parses, rehearses and lints every file, for CI.

import { startEdge } from "../../edge.ts";
import { isError } from "../../finding/finding.ts";
import { check, type CheckReport } from "../../handler/check.ts";
import type { HandlerContext } from "../../handler/context.ts";
import { findingMessage } from "../../message/finding_message.ts";
import { isPluginName, whyNoPlugin } from "../../message/plugin_name.ts";
import type { FindingMessage } from "../../message/reply.ts";
import type { CommonOptions } from "../arguments.ts";
import type { Console } from "../console.ts";
import { renderFindings } from "../render/findings.ts";
import { count } from "../render/layout.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { refuse, unreadable } from "./refuse.ts";

interface PluginReport {
  readonly plugin_name: string;
  readonly migrations: number;
  readonly errors: readonly FindingMessage[];
  readonly warnings: readonly FindingMessage[];
}

/** Checks one plugin, or all; fails if any file has an error. */
export async function runCheck(
  plugin: string | undefined,
  options: CommonOptions,
  console: Console,
): Promise<ExitStatus> {
  await using edge = await startEdge({ pluginsDir: options.pluginsDir, dataDir: options.dataDir });
  let names: readonly string[];
  try {
    names = plugin === undefined ? await edge.context.source.plugins() : [plugin];
  } catch (error) {
    return refuse(unreadable(options.pluginsDir, error), options, console);
  }
  if (names.length === 0) {
    const message =
      `There are no plugins in ${options.pluginsDir}; name another directory with --plugins`;
    return refuse({ code: "PLUGIN_NOT_FOUND", message }, options, console);
  }
  const reports: PluginReport[] = [];
  for (const name of names) {
    const report = await checkOne(name, edge.context);
    if (!report.found) {
      return refuse({ code: "PLUGIN_NOT_FOUND", message: report.message }, options, console);
    }
    const { findings } = report;
    reports.push({
      plugin_name: name,
      migrations: report.migrations,
      errors: findings.filter(isError).map(findingMessage),
      warnings: findings.filter((each) => !isError(each)).map(findingMessage),
    });
  }
  const success = reports.every(({ errors }) => errors.length === 0);
  if (options.json) console.out(JSON.stringify({ success, plugins: reports }));
  else for (const report of reports) console.out(renderReport(report, console));
  return success ? EXIT.success : EXIT.failure;
}

function checkOne(plugin: string, context: HandlerContext): Promise<CheckReport> {
  if (isPluginName(plugin)) return check(plugin, context);
  return Promise.resolve({
    found: false,
    message: whyNoPlugin(plugin),
  });
}

function renderReport(
  { plugin_name, migrations, errors, warnings }: PluginReport,
  { colors }: Console,
): string {
  const ofLevel = (level: FindingMessage["level"]): number =>
    warnings.filter((each) => each.level === level).length;
  const problems = ([
    [errors.length, "error"],
    [ofLevel("WARNING"), "warning"],
    [ofLevel("INFO"), "note"],
  ] as const).filter(([amount]) => amount > 0).map(([amount, noun]) => count(amount, noun));
  const mark = errors.length === 0 ? colors.green("✓") : colors.red("✗");
  const head = `${mark} ${plugin_name}: ${
    [count(migrations, "migration"), ...problems].join(", ")
  }`;
  const findings = renderFindings([...errors, ...warnings], colors);
  return findings === "" ? head : `${head}\n${findings}`;
}
