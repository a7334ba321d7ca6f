// Shows the characters of a text that are not seen and change how the rest is seen. Pure; runs
// anywhere.

/**
 * Escapes control characters, which could move a cursor or forge lines, and those that change the
 * direction of text, with which SQL can look like other SQL: https://trojansource.codes
 */
export function printable(text: string): string {
  return text.replaceAll(
    /[^\P{Cc}\t]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => {
      const code = character.charCodeAt(0);
      return code < 0x100
        ? `\\x${code.toString(16).padStart(2, "0")}`
        : `\\u${code.toString(16).padStart(4, "0")}`;
    },
  );
}

/** The same for a text of several lines. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
