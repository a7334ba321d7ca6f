// Renders findings as annotations of GitHub Actions, each on its line. Pure.
// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions

import type { FindingMessage } from "../../message/reply.ts";
import type { PluginReport } from "../check_report.ts";
import type { PathOf } from "./finding_place.ts";

const COMMANDS = { ERROR: "error", WARNING: "warning", INFO: "notice" } as const;

/** A line for each finding, and one more for the statement of code that it breaks. */
export function renderAnnotations(reports: readonly PluginReport[], pathOf: PathOf): string {
  return reports.flatMap(({ plugin_name: plugin, errors, warnings }) =>
    [...errors, ...warnings].flatMap((found) => [
      annotation(plugin, found, found, pathOf),
      ...(found.query === undefined ? [] : [annotation(plugin, found, found.query, pathOf)]),
    ])
  ).join("\n");
}

type Place = Pick<FindingMessage, "file" | "line" | "column">;

function annotation(
  plugin: string,
  { level, code, message }: FindingMessage,
  { file, line, column }: Place,
  pathOf: PathOf,
): string {
  const properties = {
    file: file === undefined ? undefined : pathOf(plugin, file),
    line,
    col: column,
    title: `${code} (${plugin})`,
  };
  const written = Object.entries(properties).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapedProperty(String(value))}`]
  );
  return `::${COMMANDS[level]} ${written.join(",")}::${escaped(message)}`;
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
