// Reads the tokens of a statement: words, quoted names and texts, single characters. Pure; runs
// anywhere.

import { skipTrivia } from "./skip_trivia.ts";

/** A token as it is written, and its index in the statement. */
export interface Token {
  readonly text: string;
  readonly start: number;
}

/** The tokens of a statement, without white space and comments. */
export function* tokensOf(sql: string): Generator<Token, undefined> {
  for (let at = skipTrivia(sql, 0); at < sql.length; at = skipTrivia(sql, at)) {
    const text = readToken(sql, at);
    yield { text, start: at };
    at += text.length;
  }
}

/** The name that a token is: https://sqlite.org/lang_keywords.html */
export function nameOf({ text }: Token): string {
  const quote = text.charAt(0);
  if (quote === "[") return text.slice(1, -1);
  return QUOTES.includes(quote) ? text.slice(1, -1).replaceAll(quote + quote, quote) : text;
}

const QUOTES = `"'\``;
const WORD = /[\p{L}\p{N}_$]+/uy;

function readToken(sql: string, at: number): string {
  const first = sql.charAt(at);
  if (first === "[") return sql.slice(at, endAfter(sql, "]", at));
  if (QUOTES.includes(first)) {
    let end = endAfter(sql, first, at);
    // A doubled quote is one quote of the text.
    while (sql.charAt(end) === first) end = endAfter(sql, first, end);
    return sql.slice(at, end);
  }
  WORD.lastIndex = at;
  return WORD.exec(sql)?.[0] ?? first;
}

function endAfter(sql: string, close: string, open: number): number {
  const end = sql.indexOf(close, open + 1);
  return end === -1 ? sql.length : end + 1;
}
