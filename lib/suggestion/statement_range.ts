// Where a statement is in its section. Pure; runs anywhere.

import { tokensOf } from "../sqlite/tokens.ts";

/** The length of the first statement of a text, with its semicolon; it has no body of statements. */
export function statementLength(sql: string): number {
  let end = 0;
  for (const { text, start } of tokensOf(sql)) {
    end = start + text.length;
    if (text === ";") break;
  }
  return end;
}

/** The index in a text of a byte of it. */
export function indexOfByte(text: string, offset: number): number {
  const bytes = new TextEncoder().encode(text).subarray(0, offset);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).length;
}
