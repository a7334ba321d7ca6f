// Renders findings as JUnit's XML: a suite for each plugin, a test case for each file. Pure.
// The warnings of files that pass are output of the suite.

import { counted } from "../../finding/counted.ts";
import type { FindingMessage } from "../../message/reply.ts";
import type { CheckedPlugin } from "./check.ts";
import type { PathOf } from "./finding_place.ts";

/** A plugin's report, and its files, which have a test case each. */
export interface CheckedFiles extends CheckedPlugin {
  readonly files: readonly string[];
}

/** One document. */
export function renderJunit(
  checked: readonly CheckedFiles[],
  pathOf: PathOf,
): string {
  const suites = checked.map((each, id) => suiteOf(each, id, pathOf));
  return ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...suites, "</testsuites>"]
    .join("\n");
}

// The name of the test case for findings about no file.
const NO_FILE = "plugin";

function suiteOf(
  { report, files, at, seconds }: CheckedFiles,
  id: number,
  pathOf: PathOf,
): string {
  const { plugin_name: plugin, errors, warnings } = report;
  const byFile = Map.groupBy([...errors, ...warnings], ({ file }) => file ?? NO_FILE);
  const names = [...new Set([...files, ...byFile.keys()])];
  const failing = names.filter((name) => byFile.get(name)?.some(isError));
  const attributes = attributesOf({
    id: String(id),
    name: plugin,
    package: "godwit",
    hostname: "localhost",
    timestamp: at.toISOString().slice(0, "2026-01-01T00:00:00".length),
    tests: String(names.length),
    failures: String(failing.length),
    errors: "0",
    time: seconds.toFixed(3),
  });
  const passing = names.filter((name) => !failing.includes(name));
  const warned = passing.flatMap((name) => byFile.get(name) ?? []);
  return [
    `  <testsuite ${attributes}>`,
    "    <properties/>",
    ...names.map((name) => caseOf(plugin, name, byFile.get(name) ?? [], pathOf)),
    `    <system-out>${escaped(linesOf(plugin, warned, pathOf))}</system-out>`,
    "    <system-err/>",
    "  </testsuite>",
  ].join("\n");
}

function caseOf(
  plugin: string,
  name: string,
  findings: readonly FindingMessage[],
  pathOf: PathOf,
): string {
  const start = `    <testcase ${attributesOf({ classname: plugin, name, time: "0" })}`;
  const errors = findings.filter(isError);
  const [first] = errors;
  if (first === undefined) return `${start}/>`;
  const attributes = attributesOf({
    type: first.code,
    message: errors.length === 1 ? first.message : counted(errors.length, "error"),
  });
  return `${start}><failure ${attributes}>${escaped(linesOf(plugin, findings, pathOf))}` +
    "</failure></testcase>";
}

function linesOf(plugin: string, findings: readonly FindingMessage[], pathOf: PathOf): string {
  return findings.map(({ level, code, message, file, line, column }) => {
    const place = file === undefined ? [] : [pathOf(plugin, file), line, column];
    const at = place.filter((part) => part !== undefined).join(":");
    return `${at === "" ? "" : `${at}: `}${level.toLowerCase()} [${code}] ${message}`;
  }).join("\n");
}

function isError({ level }: FindingMessage): boolean {
  return level === "ERROR";
}

function attributesOf(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes).map(([name, value]) => `${name}="${escaped(value)}"`).join(" ");
}

// XML 1.0 has no way to write most control characters.
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    // deno-lint-ignore no-control-regex
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "\uFFFD");
}
