// Renders what cures findings: both sections of each file, once.

import { clippedAround } from "../../clipped_text.ts";
import type { FindingMessage } from "../../message/reply.ts";
import { suggestedFiles } from "../../message/suggested_files.ts";
import { printable } from "../../printable.ts";
import type { Colors } from "../console.ts";

// A file may have megabytes of rows beside the statement that is cured.
const MAX_LINES = 60;
const MAX_LINE_LENGTH = 160;

/** How much of a suggestion is shown: both sections, that there is one, or nothing. */
export type SuggestionExtent = "whole" | "named" | "none";

/** Renders the suggestion of each file that has one. */
export function renderSuggestions(
  findings: readonly FindingMessage[],
  colors: Colors,
  extent: SuggestionExtent,
): readonly string[] {
  if (extent === "none") return [];
  return [...suggestedFiles(findings)].map(([file, { up, down }]) => {
    const label = colors.bold(colors.green("suggestion"));
    const head = `${label} ${printable(file)} without this, by godwit check --fix`;
    if (extent === "named") return head;
    const lines = ["-- UP", ...linesOf(up), "", "-- DOWN", ...linesOf(down)];
    const left = lines.length - MAX_LINES;
    const shown = lines.slice(0, MAX_LINES).map((line) =>
      `  ${printable(clippedAround(line, 0, MAX_LINE_LENGTH))}`.trimEnd()
    );
    return [`${head}:`, ...shown, ...(left > 0 ? [colors.dim(`  ... (${left} more lines)`)] : [])]
      .join("\n");
  });
}

function linesOf(section: string): readonly string[] {
  const text = section.replace(/^(?:[ \t]*\n)+/, "").trimEnd();
  return text === "" ? [] : text.split("\n");
}
