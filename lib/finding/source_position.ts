// Finds the position in a file of a byte in a section. Pure; runs anywhere.

import type { Position } from "./finding.ts";

/** A position in a file and the text of its line. */
export interface SourcePlace {
  readonly position: Position;
  readonly excerpt: string;
}

/**
 * Turns an offset in UTF-8 bytes from the start of `sql`, which begins on line `firstLine` of its
 * file, into a line and a column, both from 1; columns count code points.
 */
export function sourcePlace(sql: string, firstLine: number, offset: number): SourcePlace {
  const before = new TextDecoder().decode(new TextEncoder().encode(sql).subarray(0, offset));
  const lineStart = before.lastIndexOf("\n") + 1;
  const lineEnd = sql.indexOf("\n", lineStart);
  return {
    position: {
      line: firstLine + (before.match(/\n/g)?.length ?? 0),
      column: [...before.slice(lineStart)].length + 1,
    },
    excerpt: sql.slice(lineStart, lineEnd === -1 ? sql.length : lineEnd),
  };
}
