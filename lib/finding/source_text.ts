// Finds the statements of a section in its file: line, column and what to show of them. Pure; runs
// anywhere.

import { clippedAround } from "../clipped_text.ts";
import { type Excerpt, excerptOf } from "./excerpt.ts";
import type { Position } from "./finding.ts";

/** A position in a file, and the text there, clipped where it is long. */
export interface SourcePlace {
  readonly position: Position;
  readonly excerpt: Excerpt;
  readonly statement: string;
}

/** A statement, and its offset in UTF-8 bytes from the start of its section. */
interface LocatedStatement {
  readonly sql: string;
  readonly offset: number;
}

/** The most of a statement that is shown; a migration may be one statement of megabytes. */
const MAX_STATEMENT_LENGTH = 2_000;

// More than an excerpt has on either side of its column, in bytes of the longest code points.
const WINDOW_BYTES = 1_024;

const NEWLINE = 0x0a;

/**
 * The SQL of a section, which begins on line `line` of its file. The search for a place goes on
 * from the last one, so that all places of a section cost one pass over it.
 */
export class SourceText {
  readonly #sql: string;
  readonly #firstLine: number;
  // Most sections have no place to look for.
  #encoded: Uint8Array | null = null;
  #offset = 0;
  #line = 0;
  #lineStart = 0;
  #column = 1;

  constructor({ sql, line }: { readonly sql: string; readonly line: number }) {
    this.#sql = sql;
    this.#firstLine = line;
  }

  /** The line and the column of a byte, both from 1; columns count code points. */
  positionOf(offset: number): Position {
    this.#moveTo(offset);
    return { line: this.#firstLine + this.#line, column: this.#column };
  }

  /** The position of a byte of a statement, with the line and the statement around it. */
  placeOf({ sql, offset: start }: LocatedStatement, offset: number): SourcePlace {
    const position = this.positionOf(offset);
    const at = sql.length > MAX_STATEMENT_LENGTH ? this.#decode(start, offset).length : 0;
    return {
      position,
      excerpt: this.#excerptAt(offset),
      statement: clippedAround(sql, at, MAX_STATEMENT_LENGTH),
    };
  }

  get #bytes(): Uint8Array {
    return this.#encoded ??= new TextEncoder().encode(this.#sql);
  }

  #moveTo(offset: number): void {
    if (offset < this.#offset) {
      this.#offset = 0;
      this.#line = 0;
      this.#lineStart = 0;
      this.#column = 1;
    }
    const bytes = this.#bytes;
    for (; this.#offset < offset; this.#offset++) {
      const byte = bytes[this.#offset] ?? 0;
      if (byte === NEWLINE) {
        this.#line += 1;
        this.#lineStart = this.#offset + 1;
        this.#column = 1;
      } else if (!isContinuation(byte)) {
        this.#column += 1;
      }
    }
  }

  // Looks at some bytes around the offset only: the line may have megabytes.
  #excerptAt(offset: number): Excerpt {
    const bytes = this.#bytes;
    let from = Math.max(this.#lineStart, offset - WINDOW_BYTES);
    while (from < offset && isContinuation(bytes[from] ?? 0)) from += 1;
    const limit = Math.min(bytes.length, offset + WINDOW_BYTES);
    const newline = bytes.subarray(offset, limit).indexOf(NEWLINE);
    let to = newline === -1 ? limit : offset + newline;
    while (to > offset && isContinuation(bytes[to] ?? 0)) to -= 1;
    const before = [...this.#decode(from, offset)].length;
    return excerptOf(this.#decode(from, to), before + 1);
  }

  #decode(from: number, to: number): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#bytes.subarray(from, to));
  }
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
