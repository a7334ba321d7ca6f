// Tables of text: columns separated by spaces, without borders. Pure; runs anywhere.

import { textWidth } from "./text_width.ts";

/** A column of a table. */
export interface Column {
  readonly head: string;
  readonly align: "left" | "right";
}

/** A column of texts. */
export function left(head: string): Column {
  return { head, align: "left" };
}

/** A column of numbers. */
export function right(head: string): Column {
  return { head, align: "right" };
}

const GAP = "  ";

/** The lines of a table, the head first; no line ends in spaces. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
): readonly string[] {
  const lines = [columns.map(({ head }) => head), ...rows.map((row) => row.map(String))];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => textWidth(line[index] ?? "")))
  );
  return lines.map((line) =>
    columns.map(({ align }, index) => fit(line[index] ?? "", widths[index] ?? 0, align))
      .join(GAP).trimEnd()
  );
}

// Under each row of a table that begins with a column `version`.
const DETAIL_INDENT = " ".repeat(`version${GAP}`.length);

/** The lines of such a table, with details under each of its rows. */
export function detailedLines(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
  details: readonly (readonly string[])[],
): readonly string[] {
  const [head = "", ...lines] = tableLines(columns, rows);
  const detailed = lines.flatMap((line, index) => [
    line,
    ...(details[index] ?? []).map((detail) => `${DETAIL_INDENT}${detail}`),
  ]);
  return [head, ...detailed];
}

function fit(text: string, width: number, align: Column["align"]): string {
  const space = " ".repeat(width - textWidth(text));
  return align === "left" ? `${text}${space}` : `${space}${text}`;
}
