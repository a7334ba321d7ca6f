// `check [plugin]`: parses, rehearses and lints every file, for CI; with --fix, writes cures.

import { counted } from "../../finding/counted.ts";
import { type Migrator, openMigrator } from "../../migrator.ts";
import type { FailureReply } from "../../message/any_reply.ts";
import type { FindingMessage } from "../../message/reply.ts";
import { printable } from "../../printable.ts";
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
  /** With --fix alone: what was to be written. */
  readonly fixes?: readonly ReportedFix[];
}

/** A file that --fix would change, or has changed. */
interface ReportedFix {
  readonly file: string;
  readonly written: boolean;
  /** Why it was not written. */
  readonly reason?: string;
  readonly diff?: string;
}

/** Checks one plugin, or all; fails if any file has an error. */
export async function runCheck(
  check: CheckOptions,
  options: CommonOptions,
  console: Console,
): Promise<ExitStatus> {
  await using migrator = await openMigrator({
    plugins: options.pluginsDir,
    data: options.dataDir,
    ...options.databases,
  });
  let names: readonly string[];
  if (check.plugin === undefined) {
    const listed = await migrator.plugins();
    if (!listed.success) return refuse(listed, options, console);
    names = listed.plugins;
  } else names = [check.plugin];
  if (names.length === 0) {
    const message =
      `There are no plugins in ${options.pluginsDir}; name another directory with --plugins`;
    return refuse({ error_code: "PLUGIN_NOT_FOUND", message }, options, console);
  }
  const reports: PluginReport[] = [];
  for (const name of names) {
    const report = check.fix === null
      ? await checkPlugin(migrator, name, check)
      : await fixPlugin(migrator, name, check, options, console);
    // The files of the other plugins are checked all the same.
    if ("error_code" in report) return refuse(report, options, console);
    reports.push(report);
  }
  const success = reports.every(({ errors }) => errors.length === 0);
  if (options.json) console.out(JSON.stringify({ success, plugins: reports }));
  else for (const report of reports) console.out(renderReport(report, console));
  return success ? EXIT.success : EXIT.failure;
}

async function checkPlugin(
  migrator: Migrator,
  name: string,
  { prove, live, tenant }: CheckOptions,
): Promise<PluginReport | FailureReply> {
  const reply = await migrator.check(name, { prove, live, tenant });
  if (!reply.success && reply.error_code !== "VALIDATION_FAILED") return reply;
  return {
    plugin_name: name,
    migrations: reply.migrations ?? 0,
    query_files: reply.query_files ?? 0,
    errors: reply.success ? [] : reply.errors,
    warnings: reply.warnings,
  };
}

/** Checks a plugin, writes what cures its files, and checks again until nothing more is written. */
async function fixPlugin(
  migrator: Migrator,
  name: string,
  check: CheckOptions,
  { pluginsDir, json }: CommonOptions,
  console: Console,
): Promise<PluginReport | Pick<FailureReply, "error_code" | "message">> {
  const { appliedAnywhere, fixesOf, migrationsOf, readFiles, writeFix } = await import("./fix.ts");
  const directory = migrationsOf(pluginsDir, name);
  const seen = new Map<string, ReportedFix>();
  while (true) {
    const files = await readFiles(directory);
    const report = await checkPlugin(migrator, name, check);
    if ("error_code" in report) return report;
    const applied = await appliedAnywhere(name, migrator.context);
    if (!applied.ok) {
      const message = `It is not known what is applied, so nothing is fixed: ${applied.message}`;
      return { error_code: "DATABASE_UNAVAILABLE", message };
    }
    const findings = [...report.errors, ...report.warnings];
    const { fixes, kept } = fixesOf(findings, directory, files, applied.value);
    const open = fixes.filter(({ file }) => !seen.has(file));
    for (const file of kept) {
      const reason = `${file} is applied and stays as it is; write a new file`;
      if (!seen.has(file)) seen.set(file, noted({ file, written: false, reason }));
    }
    for (const fix of open) {
      const { file, diff } = fix;
      if (!json) await show(fix.diff, console);
      const isAgreed = check.fix === "write" || !json && (console.ask?.(`Write ${file}?`) ?? null);
      const outcome = isAgreed === true ? await writeFix(fix) : null;
      if (outcome?.ok === true) seen.set(file, { file, written: true, diff });
      else {
        const reason = outcome?.message ??
          (isAgreed === null || json
            ? `${file} was not written; add --yes to write it`
            : `${file} was not written`);
        seen.set(file, noted({ file, written: false, reason, diff }));
      }
    }
    if (!open.some(({ file }) => seen.get(file)?.written === true)) {
      return { ...report, fixes: [...seen.values()] };
    }
  }

  function noted(fix: ReportedFix): ReportedFix {
    if (!json) console.err(`${console.colors.yellow("!")} ${printable(fix.reason ?? "")}`);
    return fix;
  }
}

async function show(diff: string, console: Console): Promise<void> {
  const { renderDiff } = await import("../render/diff.ts");
  console.out(`${renderDiff(diff, console.colors)}\n`);
}

function renderReport(
  { plugin_name, migrations, query_files, errors, warnings, fixes }: PluginReport,
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
  const written = (fixes ?? []).filter((fix) => fix.written)
    .map(({ file }) => `${colors.green("✓")} Wrote ${printable(file)}`);
  // A difference was shown above.
  const extent = fixes === undefined ? "whole" : "none";
  const findings = renderFindings([...errors, ...warnings], colors, extent);
  return [...written, head, ...(findings === "" ? [] : [findings])].join("\n");
}
