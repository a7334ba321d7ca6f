// Shows findings as compilers do: what, where, the line, a caret.

import type { FindingMessage } from "../../message/reply.ts";
import type { Colors } from "../console.ts";
import { printable, wrap } from "./layout.ts";

/** Renders findings, errors first, as lines of text; empty where there are none. */
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
  const used = `${level} [${found.code}] `.length;
  const head = `${colors.bold(paint(level))} ${colors.dim(`[${found.code}]`)} ${
    wrap(found.message, 2, used)
  }`;
  const place = renderPlace(found);
  const lines = [head];
  if (place !== "") lines.push(colors.dim(printable(`  at ${place}`)));
  if (found.excerpt !== undefined && found.line !== undefined && found.excerpt.trim() !== "") {
    const gutter = `  ${found.line} | `;
    const { before, line } = windowOf(found.excerpt, found.column ?? 1);
    lines.push(`${colors.dim(gutter)}${line}`);
    lines.push(`${" ".repeat(gutter.length)}${blank(before)}${paint("^")}`);
  }
  return lines.join("\n");
}

function renderPlace({ file, line, column }: FindingMessage): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

const WINDOW = 72;
const LEAD = 48;

/** The line as it can be shown, cut where it is too long, and what stands before the column. */
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

// Tabs stay tabs, so that the caret stands under its column whatever their width.
function blank(text: string): string {
  return text.replaceAll(/[^\t]/gu, " ");
}
