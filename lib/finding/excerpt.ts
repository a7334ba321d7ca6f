// The part of a line around a column, short enough to be read. Pure; runs anywhere.

/** A line, or the part of it around a column; "…" marks an end that was left out. */
export interface Excerpt {
  readonly text: string;
  /** Where the column is in `text`: from 1, in code points. */
  readonly column: number;
}

/** Two lines of a terminal. */
const WIDTH = 160;

/** The part of `line` around `column`, at most `width` code points and the marks of its ends. */
export function excerptOf(line: string, column: number, width: number = WIDTH): Excerpt {
  const characters = [...line];
  if (characters.length <= width) return { text: line, column };
  // More before the column than after it: what leads to an error explains it.
  const start = Math.max(column - 1 - Math.floor(width * 2 / 3), 0);
  const end = start + width;
  const left = start === 0 ? "" : "…";
  const right = end < characters.length ? "…" : "";
  return {
    text: `${left}${characters.slice(start, end).join("")}${right}`,
    column: column - start + left.length,
  };
}
