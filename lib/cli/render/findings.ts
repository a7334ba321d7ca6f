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
  const position = renderPosition(found);
  if (position !== "") lines.push(colors.dim(printable(`  at ${position}`)));
  if (found.excerpt !== undefined && found.line !== undefined && found.excerpt.trim() !== "") {
    const gutter = `  ${found.line} | `;
    const at = found.excerpt_column ?? found.column ?? 1;
    const { text, column } = excerptOf(found.excerpt.trimEnd(), at, WIDTH);
    const before = [...text].slice(0, column - 1).join("");
    lines.push(`${colors.dim(gutter)}${printable(text)}`);
    lines.push(`${" ".repeat(gutter.length)}${blank(printable(before))}${paint("^")}`);
  }
  return lines.join("\n");
}

function renderPosition({ file, line, column }: FindingMessage): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

// Tabs stay tabs: their width depends on the terminal.
function blank(text: string): string {
  return text.replaceAll(/[^\t]+/g, (part) => " ".repeat(textWidth(part)));
}
