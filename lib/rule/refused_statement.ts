// Explains an ALTER TABLE that SQLite's parser refused. Pure; runs anywhere.

import { skipTrivia } from "../sqlite/skip_trivia.ts";

/** A form of ALTER TABLE that other databases have. */
export type RefusedForm = "alter-column" | "alter-constraint";

/**
 * Names the form that a refused statement attempts, for a better message than "syntax error". This
 * only words the message: SQLite has refused the statement already.
 */
export function refusedForm(sql: string): RefusedForm | null {
  const tokens = leadingTokens(sql, 12);
  if (tokens[0] !== "ALTER" || tokens[1] !== "TABLE") return null;
  // "ALTER TABLE main.t ADD ..." has a qualified name.
  const action = tokens[3] === "." ? tokens.slice(5) : tokens.slice(3);
  if (action[0] === "ALTER" || action[0] === "MODIFY" || action[0] === "CHANGE") {
    return "alter-column";
  }
  if (action[0] === "ADD" && CONSTRAINT_WORDS.includes(action[1] ?? "")) return "alter-constraint";
  if (action[0] === "DROP" && CONSTRAINT_WORDS.includes(action[1] ?? "")) return "alter-constraint";
  return null;
}

const CONSTRAINT_WORDS = ["CONSTRAINT", "FOREIGN", "PRIMARY", "UNIQUE", "CHECK"];

/** The first tokens of a statement: words in upper case, quoted names, single characters. */
function leadingTokens(sql: string, count: number): readonly string[] {
  const tokens: string[] = [];
  for (
    let at = skipTrivia(sql, 0);
    at < sql.length && tokens.length < count;
    at = skipTrivia(sql, at)
  ) {
    const token = readToken(sql, at);
    tokens.push(token.toUpperCase());
    at += token.length;
  }
  return tokens;
}

function readToken(sql: string, at: number): string {
  const quote = sql[at] ?? "";
  const close = quote === "[" ? "]" : quote;
  if (`"'\`[`.includes(quote)) {
    const end = sql.indexOf(close, at + 1);
    return sql.slice(at, end === -1 ? sql.length : end + 1);
  }
  return /^[\p{L}\p{N}_$]+/u.exec(sql.slice(at, at + 256))?.[0] ?? quote;
}
