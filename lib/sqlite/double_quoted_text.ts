// Recognises texts in double quotes, which SQLite takes for names:
// https://sqlite.org/quirks.html#dblquote Pure; runs anywhere.

/**
 * Says whether a message of SQLite is about a name in double quotes that is no column. In an old
 * schema it is a text, which SQLite reads from a file but not from a statement.
 */
export function isAboutDoubleQuotedText(message: string): boolean {
  return message.endsWith(" - should this be a string literal in single-quotes?");
}
