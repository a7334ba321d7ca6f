// Renders findings as compilers do: message, position, line, caret.

import { excerptOf } from "../../finding/excerpt.ts";
import type { FindingMessage } from "../../message/reply.ts";
import { printable } from "../../printable.ts";
import type { Colors } from "../console.ts";
import { paragraph } from "./layout.ts";
import { renderSuggestions, type SuggestionExtent } from "./suggestions.ts";
import { textWidth } from "./text_width.ts";

/**
 * Renders findings, errors first, and what cures them, as lines of text; empty if there are none.
 */
export function renderFindings(
  findings: readonly FindingMessage[],
  colors: Colors,
  extent: SuggestionExtent = "whole",
): string {
  const rendered = [...findings]
    .sort((one, other) => RANK[one.level] - RANK[other.level])
    .map((found) => renderFinding(found, colors));
  return [...rendered, ...renderSuggestions(findings, colors, extent)].join("\n");
}

// Fits a terminal of 80 columns, with the number of the line before it.
const WIDTH = 72;

const RANK = { ERROR: 0, WARNING: 1, INFO: 2 } as const;

function renderFinding(found: FindingMessage, colors: Colors): string {
  const paint = { ERROR: colors.red, WARNING: colors.yellow, INFO: colors.cyan }[found.level];
  const level = found.level.toLowerCase();
  const head = `${colors.bold(paint(level))} ${colors.dim(`[${found.code}]`)}`;
  const lines = [paragraph(head, found.message)];
  lines.push(...renderPlace("at", found, paint, colors));
  if (found.query !== undefined) lines.push(...renderPlace("breaks", found.query, paint, colors));
  return lines.join("\n");
}

/** Where something is, with the line. */
type Place = Pick<FindingMessage, "file" | "line" | "column" | "excerpt" | "excerpt_column">;

function renderPlace(
  word: string,
  place: Place,
  paint: (text: string) => string,
  colors: Colors,
): readonly string[] {
  const { file, line, column, excerpt } = place;
  const parts = [file, line, column].filter((part) => part !== undefined);
  const lines = parts.length === 0 ? [] : [colors.dim(printable(`  ${word} ${parts.join(":")}`))];
  if (excerpt === undefined || line === undefined || excerpt.trim() === "") return lines;
  const gutter = `  ${line} | `;
  const shown = excerptOf(excerpt.trimEnd(), place.excerpt_column ?? column ?? 1, WIDTH);
  const before = [...shown.text].slice(0, shown.column - 1).join("");
  return [
    ...lines,
    `${colors.dim(gutter)}${printable(shown.text)}`,
    `${" ".repeat(gutter.length)}${blank(printable(before))}${paint("^")}`,
  ];
}

// Tabs stay tabs: their width depends on the terminal.
function blank(text: string): string {
  return text.replaceAll(/[^\t]+/g, (part) => " ".repeat(textWidth(part)));
}
