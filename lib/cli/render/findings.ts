// Renders findings as compilers do: message, position, line, caret.

import stringWidth from "string-width";
import type { FindingMessage } from "../../message/reply.ts";
import type { Colors } from "../console.ts";
import { paragraph, printable } from "./layout.ts";

/** Renders findings, errors first, as lines of text; empty if there are none. */
export function renderFindings(findings: readonly FindingMessage[], colors: Colors): string {
  return [...findings]
    .sort((one, other) => RANK[one.level] - RANK[other.level])
    .map((found) => renderFinding(found, colors))
    .join("\n");
}

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
    const { before, line } = windowOf(found.excerpt, found.column ?? 1);
    lines.push(`${colors.dim(gutter)}${line}`);
    lines.push(`${" ".repeat(gutter.length)}${blank(before)}${paint("^")}`);
  }
  return lines.join("\n");
}

function renderPosition({ file, line, column }: FindingMessage): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

const WINDOW = 72;
const LEAD = 48;

/** A part of the line around the column that fits a terminal, and the text before the column. */
function windowOf(
  excerpt: string,
  column: number,
): { readonly before: string; readonly line: string } {
  const characters = [...excerpt.trimEnd()];
  const start = characters.length <= WINDOW ? 0 : Math.max(column - 1 - LEAD, 0);
  const end = start + WINDOW;
  const left = start === 0 ? "" : "…";
  const right = end < characters.length ? "…" : "";
  const text = (from: number, to: number): string => printable(characters.slice(from, to).join(""));
  return {
    before: `${left}${text(start, column - 1)}`,
    line: `${left}${text(start, end)}${right}`,
  };
}

// Tabs stay tabs: their width depends on the terminal.
function blank(text: string): string {
  return text.replaceAll(/[^\t]+/g, (part) => " ".repeat(stringWidth(part)));
}
