// `check [plugin]`: parses, rehearses and lints every file, for CI; with --fix, writes cures.

import { finding, NO_MIGRATION } from "../../finding/finding.ts";
import { type Migrator, openMigrator } from "../../migrator.ts";
import type { FailureReply } from "../../message/any_reply.ts";
import { findingMessage } from "../../message/finding_message.ts";
import type { Outcome } from "../../outcome.ts";
import { printable } from "../../printable.ts";
import { leftOutPlugins } from "../../source/directory_source.ts";
import type { CheckOptions, CommonOptions } from "../command.ts";
import type { Console } from "../console.ts";
import type { ChangesByPlugin, PluginChanges } from "../since.ts";
import type { PluginReport, ReportedFix } from "../check_report.ts";
import { type CheckedPlugin, renderCheck } from "../render/check.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { refuse } from "./refuse.ts";

/** Checks one plugin, or all; fails if any file has an error, or if a plugin cannot be read. */
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
  const leftOut = check.plugin === undefined ? await leftOutReports(options.pluginsDir, names) : [];
  if (names.length === 0 && leftOut.length === 0) {
    const message =
      `There are no plugins in ${options.pluginsDir}; name another directory with --plugins`;
    return refuse({ error_code: "PLUGIN_NOT_FOUND", message }, options, console);
  }
  const changes = await changesOf(check, options);
  if (!changes.ok) {
    return refuse({ error_code: "INVALID_REQUEST", message: changes.message }, options, console);
  }
  const checked: CheckedPlugin[] = [];
  for (const name of names) {
    const changed = changes.value?.get(name);
    if (changes.value !== null && changed === undefined) continue;
    const at = new Date();
    const startedMs = performance.now();
    const report = check.fix === null
      ? await checkPlugin(migrator, name, check)
      : await fixPlugin(migrator, name, check, options, console);
    // The files of the other plugins are checked all the same.
    if ("error_code" in report) return refuse(report, options, console);
    const shown = changed === undefined ? report : await narrowed(report, changed);
    checked.push({ report: shown, at, seconds: (performance.now() - startedMs) / 1000 });
  }
  if (check.plugin === undefined) checked.push(...leftOut, ...vanished(changes.value, names));
  const text = await renderCheck(checked, check.format, options.pluginsDir, console.colors);
  if (text !== "") console.out(text);
  const success = checked.every(({ report }) => report.errors.length === 0);
  return success ? EXIT.success : EXIT.failure;
}

/** What a branch changes; `null` where that was not asked for. */
async function changesOf(
  { since }: CheckOptions,
  { pluginsDir }: CommonOptions,
): Promise<Outcome<ChangesByPlugin | null, "git">> {
  if (since === undefined) return { ok: true, value: null };
  const { pluginChanges } = await import("../since.ts");
  return await pluginChanges(since, pluginsDir);
}

/** Folders that look like plugins and are none, which would be left out otherwise without a word. */
async function leftOutReports(
  pluginsDir: string,
  plugins: readonly string[],
): Promise<readonly CheckedPlugin[]> {
  return (await leftOutPlugins(pluginsDir, plugins)).map(({ name, why }) => {
    const error = finding("ERROR", "unreadable-file", NO_MIGRATION, why);
    return notChecked({ plugin_name: name, errors: [findingMessage(error)] });
  });
}

/** Plugins of which a branch has removed every file, so that they are none any more. */
function vanished(
  changes: ChangesByPlugin | null,
  names: readonly string[],
): readonly CheckedPlugin[] {
  return [...changes ?? []].filter(([plugin, { errors }]) =>
    !names.includes(plugin) && errors.length > 0
  ).map(([plugin_name, { files, errors }]) => notChecked({ plugin_name, errors, checked: files }));
}

/** A plugin without files that could be rehearsed. */
function notChecked(
  { plugin_name, errors, ...rest }: Pick<PluginReport, "plugin_name" | "errors" | "checked">,
): CheckedPlugin {
  return {
    report: { plugin_name, migrations: 0, query_files: 0, errors, warnings: [], ...rest },
    at: new Date(),
    seconds: 0,
  };
}

async function narrowed(report: PluginReport, changed: PluginChanges): Promise<PluginReport> {
  const { reportSince } = await import("../since.ts");
  return reportSince(report, changed);
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
