// Renders findings as SARIF 2.1.0, which code hosts show beside the lines. Pure.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

import { FINDING_CODES, type FindingCode, isFindingCode } from "../../finding/finding.ts";
import type { FindingMessage } from "../../message/reply.ts";
import { VERSION } from "../../version.ts";
import type { PluginReport } from "../check_report.ts";
import type { PathOf } from "./finding_place.ts";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/" +
  "sarif-schema-2.1.0.json";
const LEVELS = { ERROR: "error", WARNING: "warning", INFO: "note" } as const;

/** One run with a result for each finding, as text. */
export function renderSarif(reports: readonly PluginReport[], pathOf: PathOf): string {
  const codes = Object.keys(FINDING_CODES).filter(isFindingCode);
  const results = reports.flatMap(({ plugin_name: plugin, errors, warnings }) =>
    [...errors, ...warnings].map((found) => resultOf(plugin, found, codes, pathOf))
  );
  const driver = {
    name: "godwit",
    semanticVersion: VERSION,
    rules: codes.map((code) => ({ id: code, properties: { category: FINDING_CODES[code] } })),
  };
  const run = { tool: { driver }, columnKind: "unicodeCodePoints", results };
  return JSON.stringify({ $schema: SCHEMA, version: "2.1.0", runs: [run] }, null, 2);
}

function resultOf(
  plugin: string,
  found: FindingMessage,
  codes: readonly FindingCode[],
  pathOf: PathOf,
): object {
  const { code, level, message, accepted, query, subject } = found;
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: LEVELS[level],
    message: { text: message },
    // A place is demanded by those who show results, and a plugin has no other.
    locations: [locationOf(plugin, { ...found, file: found.file ?? "migrations" }, pathOf)],
    ...(query === undefined ? {} : { relatedLocations: [locationOf(plugin, query, pathOf)] }),
    ...(accepted === undefined
      ? {}
      : { suppressions: [{ kind: "inSource", justification: accepted }] }),
    properties: { plugin, ...(subject === undefined ? {} : { subject }) },
  };
}

function locationOf(
  plugin: string,
  { file = "", line, column, excerpt }: Pick<
    FindingMessage,
    "file" | "line" | "column" | "excerpt"
  >,
  pathOf: PathOf,
): object {
  const path = file === "migrations" ? pathOf(plugin, ".") : pathOf(plugin, file);
  const snippet = excerpt === undefined ? {} : { snippet: { text: excerpt } };
  return {
    physicalLocation: {
      artifactLocation: { uri: path.split("/").map(encodeURIComponent).join("/") },
      ...(line === undefined
        ? {}
        : { region: { startLine: line, startColumn: column ?? 1, ...snippet } }),
    },
  };
}
