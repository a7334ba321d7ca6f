// Finds the comments at the top level of a script, by the rules of SQLite's tokenizer. Pure; runs
// anywhere.

/** A `--` comment, without the end of its line. */
export interface Comment {
  /** The index of the first `-`. */
  readonly start: number;
  readonly text: string;
  /** Whether a parenthesis is open before it. */
  readonly isInParentheses: boolean;
}

/**
 * How far a statement is read, by the rules of https://sqlite.org/c3ref/complete.html: the body of
 * a trigger has statements of its own and ends with `; END`.
 */
type State = "start" | "explain" | "create" | "statement" | "trigger" | "trigger-semicolon" | "end";

/**
 * Lists the `--` comments of a script that are in no string, quoted name, block comment or body of
 * a trigger. The last statement before a comment need not have a semicolon.
 */
export function topLevelComments(sql: string): readonly Comment[] {
  const comments: Comment[] = [];
  let state: State = "start";
  let depth = 0;
  for (let at = 0; at < sql.length;) {
    if (sql.startsWith("--", at)) {
      const end = endOf(sql, "\n", at) ?? sql.length;
      const isInTrigger = state === "trigger" || state === "trigger-semicolon";
      const text = sql.slice(at, end);
      if (!isInTrigger) comments.push({ start: at, text, isInParentheses: depth > 0 });
      at = end;
      continue;
    }
    const close = closeOf(sql, at);
    // Without an end it is no string. SQLite reports that when it reads the statement.
    const end = close === null ? null : endOf(sql, close, at + (close === "*/" ? 2 : 1));
    if (close !== null && end !== null) {
      // A block comment is white space. A doubled quote is read as two strings, which end alike.
      if (close !== "*/") state = next(state, "");
      at = end + close.length;
      continue;
    }
    const token = wordAt(sql, at) || sql.charAt(at);
    if (token === "(") depth += 1;
    if (token === ")") depth = Math.max(depth - 1, 0);
    if (token === ";") depth = 0;
    if (token.trim() !== "") state = next(state, token.toUpperCase());
    at += token.length;
  }
  return comments;
}

function endOf(sql: string, mark: string, from: number): number | null {
  const index = sql.indexOf(mark, from);
  return index === -1 ? null : index;
}

/** What ends the string, the quoted name or the block comment that begins at `at`. */
function closeOf(sql: string, at: number): string | null {
  const character = sql.charAt(at);
  if (`'"\``.includes(character)) return character;
  if (character === "[") return "]";
  return sql.startsWith("/*", at) ? "*/" : null;
}

const WORD = /[\p{L}\p{N}_$]+/uy;

function wordAt(sql: string, at: number): string {
  WORD.lastIndex = at;
  return WORD.exec(sql)?.[0] ?? "";
}

/** The state after a word in upper case, or another token. */
function next(state: State, token: string): State {
  switch (state) {
    case "start":
      if (token === ";") return "start";
      return token === "EXPLAIN" ? "explain" : token === "CREATE" ? "create" : "statement";
    case "explain":
      if (token === ";") return "start";
      return token === "CREATE" ? "create" : "explain";
    case "create":
      if (token === ";") return "start";
      if (token === "TEMP" || token === "TEMPORARY") return "create";
      return token === "TRIGGER" ? "trigger" : "statement";
    case "statement":
      return token === ";" ? "start" : "statement";
    case "trigger":
      return token === ";" ? "trigger-semicolon" : "trigger";
    case "trigger-semicolon":
      if (token === ";") return "trigger-semicolon";
      return token === "END" ? "end" : "trigger";
    case "end":
      return token === ";" ? "start" : "trigger";
  }
  state satisfies never;
  return state;
}
