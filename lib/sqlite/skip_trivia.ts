// Skips white space and comments as SQLite's tokenizer does. Pure; runs anywhere.

/**
 * Returns the index of the first character at or after `from` that is neither white space nor part
 * of a comment; the length of `sql` if there is none. An unterminated block comment runs to the
 * end of the text, as in SQLite (https://sqlite.org/lang_comment.html).
 */
export function skipTrivia(sql: string, from: number): number {
  let at = from;
  while (at < sql.length) {
    if (sql.startsWith("--", at)) {
      const newline = sql.indexOf("\n", at);
      at = newline === -1 ? sql.length : newline + 1;
    } else if (sql.startsWith("/*", at)) {
      const end = sql.indexOf("*/", at + 2);
      at = end === -1 ? sql.length : end + 2;
    } else if (isSpace(sql.charCodeAt(at))) {
      at += 1;
    } else {
      return at;
    }
  }
  return sql.length;
}

/** Also skips lone semicolons, which SQLite treats as empty statements. */
export function skipEmptyStatements(sql: string, from: number): number {
  let at = skipTrivia(sql, from);
  while (at < sql.length && sql[at] === ";") at = skipTrivia(sql, at + 1);
  return at;
}

/** Says whether a section holds anything that SQLite would run. */
export function hasStatement(sql: string): boolean {
  return skipEmptyStatements(sql, 0) < sql.length;
}

// SQLite's white space: tab, newline, form feed, carriage return and space.
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0c || code === 0x0d;
}
