// Shows findings as compilers do: what, where, the line, a caret.

import type { FindingMessage } from "../../message/reply.ts";
import type { Colors } from "../console.ts";

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
  const label = colors.bold(paint(found.level.toLowerCase()));
  const head = `${label} ${colors.dim(`[${found.code}]`)} ${found.message}`;
  const place = renderPlace(found);
  const lines = [head];
  if (place !== "") lines.push(colors.dim(`  at ${place}`));
  if (found.excerpt !== undefined && found.line !== undefined && found.excerpt.trim() !== "") {
    const gutter = `  ${found.line} | `;
    lines.push(`${colors.dim(gutter)}${found.excerpt}`);
    lines.push(
      `${" ".repeat(gutter.length)}${indentTo(found.excerpt, found.column ?? 1)}${paint("^")}`,
    );
  }
  return lines.join("\n");
}

function renderPlace({ file, line, column }: FindingMessage): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

// Tabs stay tabs, so that the caret stands under its column whatever their width.
function indentTo(excerpt: string, column: number): string {
  return [...excerpt].slice(0, column - 1).map((character) => (character === "\t" ? "\t" : " "))
    .join("");
}
