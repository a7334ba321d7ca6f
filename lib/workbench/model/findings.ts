// Merges findings for lists, and locates them in a text for the editor. Pure; runs anywhere.

import type { FindingMessage } from "../../message/reply.ts";

/** A range of a text, in UTF-16 code units, with its message. */
export interface PlacedFinding {
  readonly from: number;
  readonly to: number;
  readonly finding: FindingMessage;
}

const ORDER: Readonly<Record<FindingMessage["level"], number>> = { ERROR: 0, WARNING: 1, INFO: 2 };

/**
 * Merges the findings of status and of the rehearsal of the files. If both have the same finding,
 * the first list wins, because status has counted the rows of the database. It has less time than
 * the rehearsal, and may lack a suggestion.
 */
export function mergeFindings(
  first: readonly FindingMessage[],
  second: readonly FindingMessage[],
): readonly FindingMessage[] {
  const said = new Set(first.map(keyOf));
  const cures = new Map(second.map((each) => [keyOf(each), each.suggestion]));
  const cured = first.map((each) => {
    const suggestion = each.suggestion ?? cures.get(keyOf(each));
    return suggestion === undefined ? each : { ...each, suggestion };
  });
  return [...cured, ...second.filter((finding) => !said.has(keyOf(finding)))].sort(
    (one, other) =>
      ORDER[one.level] - ORDER[other.level] || (one.line ?? Infinity) - (other.line ?? Infinity),
  );
}

/** Locates findings that have a line: from their column to the end of the line. */
export function placeFindings(
  text: string,
  findings: readonly FindingMessage[],
): readonly PlacedFinding[] {
  // Positions of findings count neither a BOM nor the CR of a CRLF.
  const lines = text.split("\n");
  const starts: number[] = [];
  let start = 0;
  for (const line of lines) {
    starts.push(start);
    start += line.length + 1;
  }
  return findings.flatMap((finding) => {
    const { line = 0, column = 1 } = finding;
    const words = lines[line - 1];
    const begin = starts[line - 1];
    if (words === undefined || begin === undefined) return [];
    const end = words.trimEnd().length;
    const indent = words.length - words.trimStart().length;
    const offset = Math.min(Math.max(toUnits(words, column - 1), indent), end);
    return [{ from: begin + Math.min(offset, end), to: begin + end, finding }];
  });
}

/** The position of a finding as `file:line:column`; `null` if it has no file. */
export function positionOf({ file, line, column }: FindingMessage): string | null {
  if (file === undefined) return null;
  return [file, line, line === undefined ? undefined : column]
    .filter((part) => part !== undefined).join(":");
}

function keyOf({ code, file, migration_version, line, message }: FindingMessage): string {
  // Status counts a loss that the rehearsal only predicts, so their messages differ.
  return JSON.stringify([code, file ?? migration_version, line ?? message]);
}

// Findings count code points, the editor counts UTF-16 code units.
function toUnits(line: string, codePoints: number): number {
  return [...line].slice(0, Math.max(codePoints, 0)).join("").length;
}
