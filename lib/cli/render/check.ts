// Renders what `check` found, in the format that was asked for.

import { counted } from "../../finding/counted.ts";
import type { FindingMessage } from "../../message/reply.ts";
import { printable } from "../../printable.ts";
import type { CheckFormat } from "../command.ts";
import type { Colors } from "../console.ts";
import type { PluginReport } from "../check_report.ts";
import { renderFindings } from "./findings.ts";

/** A plugin's report, and when it was made. */
export interface CheckedPlugin {
  readonly report: PluginReport;
  readonly at: Date;
  readonly seconds: number;
}

/** Renders reports; empty where the format has nothing to say of them. */
export async function renderCheck(
  checked: readonly CheckedPlugin[],
  format: CheckFormat,
  pluginsDir: string,
  colors: Colors,
): Promise<string> {
  const reports = checked.map(({ report }) => report);
  switch (format) {
    case "text":
      return reports.length === 0
        ? `${colors.green("✓")} No plugin has a file that differs`
        : reports.map((report) => renderReport(report, colors)).join("\n");
    case "json": {
      const success = reports.every(({ errors }) => errors.length === 0);
      return JSON.stringify({ success, plugins: reports });
    }
    case "github":
    case "sarif":
    case "junit": {
      const { renderForPipeline } = await import("./pipeline.ts");
      return await renderForPipeline(checked, format, pluginsDir);
    }
  }
  format satisfies never;
}

function renderReport(
  { plugin_name, migrations, query_files, errors, warnings, fixes }: PluginReport,
  colors: Colors,
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
  const written = (fixes ?? []).filter((fix) => fix.written)
    .map(({ file }) => `${colors.green("✓")} Wrote ${printable(file)}`);
  // A difference was shown above.
  const extent = fixes === undefined ? "whole" : "none";
  const findings = renderFindings([...errors, ...warnings], colors, extent);
  return [...written, head, ...(findings === "" ? [] : [findings])].join("\n");
}
