// Replaces parts of a text, and leaves the rest as it is. Pure; runs anywhere.

/** A part of a text, by its indexes, and what takes its place. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text after edits that do not overlap. A line of which an edit leaves nothing goes with it. */
export function withEdits(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const edit of edits.toSorted((one, other) => other.start - one.start)) {
    const { start, end } = edit.text === "" ? wholeLines(result, edit) : edit;
    result = result.slice(0, start) + edit.text + result.slice(end);
  }
  return result;
}

function wholeLines(text: string, { start, end }: TextEdit): Pick<TextEdit, "start" | "end"> {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const newline = text.indexOf("\n", end);
  const lineEnd = newline === -1 ? text.length : newline + 1;
  const isAlone = text.slice(lineStart, start).trim() === "" &&
    text.slice(end, lineEnd).trim() === "";
  return isAlone ? { start: lineStart, end: lineEnd } : { start, end };
}
