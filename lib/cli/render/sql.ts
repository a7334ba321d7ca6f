// Renders a statement with the numbers of its lines.

import { clippedAround } from "../../clipped_text.ts";
import { counted } from "../../finding/counted.ts";
import type { PlannedStatement } from "../../message/plan_reply.ts";
import { printable } from "../../printable.ts";
import type { Colors } from "../console.ts";

// A migration that fills a table may have a statement of megabytes, or thousands of them.
const MAX_LINES = 40;
const MAX_STATEMENTS = 100;
const MAX_LINE_LENGTH = 160;

/** Renders statements; of many the first ones, and how many more there are. */
export function renderStatements(
  statements: readonly PlannedStatement[],
  colors: Colors,
): readonly string[] {
  const left = statements.length - MAX_STATEMENTS;
  const more = left > 0 ? [colors.dim(`  ... (${counted(left, "more statement")})`)] : [];
  return [...statements.slice(0, MAX_STATEMENTS).map((each) => renderSql(each, colors)), ...more];
}

/** Renders a statement; of a long one the first lines, and how many more there are. */
function renderSql({ sql, line: first }: PlannedStatement, colors: Colors): string {
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
