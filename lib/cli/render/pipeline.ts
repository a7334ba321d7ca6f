// Renders what `check` found for pipelines. For Deno; loaded where one of these formats is wanted.

import { join } from "node:path";
import { isSqlFile } from "../../migration/file_name.ts";
import { renderAnnotations } from "./annotations.ts";
import type { CheckedPlugin } from "./check.ts";
import { pathsFrom } from "./finding_place.ts";
import { renderJunit } from "./junit.ts";
import { renderSarif } from "./sarif.ts";

/** Renders reports; paths are from the directory in which the command runs. */
export async function renderForPipeline(
  checked: readonly CheckedPlugin[],
  format: "github" | "sarif" | "junit",
  pluginsDir: string,
): Promise<string> {
  const pathOf = pathsFrom(Deno.cwd(), pluginsDir);
  const reports = checked.map(({ report }) => report);
  switch (format) {
    case "github":
      return renderAnnotations(reports, pathOf);
    case "sarif":
      return renderSarif(reports, pathOf);
    case "junit":
      return renderJunit(
        await Promise.all(checked.map(async (each) => ({
          ...each,
          files: each.report.checked ?? await filesOf(pluginsDir, each.report.plugin_name),
        }))),
        pathOf,
      );
  }
  format satisfies never;
}

async function filesOf(pluginsDir: string, plugin: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(join(pluginsDir, plugin, "migrations"))) {
    if (isSqlFile(name)) names.push(name);
  }
  return names.sort();
}
