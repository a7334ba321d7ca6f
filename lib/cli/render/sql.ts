// Renders a statement with the numbers of its lines.

import { clippedAround } from "../../clipped_text.ts";
import type { PlannedStatement } from "../../message/plan_reply.ts";
import { printable } from "../../printable.ts";
import type { Colors } from "../console.ts";

// A migration that fills a table may have a statement of megabytes.
const MAX_LINES = 40;
const MAX_LINE_LENGTH = 160;

/** Renders a statement; of a long one the first lines, and how many more there are. */
export function renderSql({ sql, line: first }: PlannedStatement, colors: Colors): string {
  const lines = sql.split("\n");
  const gutter = (text: string): string => colors.dim(`  ${text.padStart(4)} | `);
  const shown = lines.slice(0, MAX_LINES).map((line, index) =>
    `${gutter(String(first + index))}${printable(clippedAround(line, 0, MAX_LINE_LENGTH))}`
      .trimEnd()
  );
  const left = lines.length - MAX_LINES;
  const more = left > 0 ? [`${gutter("")}${colors.dim(`... (${left} more lines)`)}`] : [];
  return [...shown, ...more].join("\n");
}
