// Turns the bytes of a migration file into the text that is parsed and hashed. Pure; runs anywhere.

/** The normalised text, or the line, from 1, of the first byte that is not UTF-8. */
export type DecodedText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly line: number };

/**
 * Decodes UTF-8, strips a byte order mark and turns CRLF into LF, so that a checkout on another
 * system has the same checksum. On invalid UTF-8 it returns the line, from 1, of the first bad
 * byte.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { ok: true, text: text.replaceAll("\r\n", "\n") };
  } catch {
    return { ok: false, line: firstInvalidLine(bytes) };
  }
}

// A newline byte never occurs inside a multi-byte sequence, so lines can be decoded one by one.
function firstInvalidLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end;
  }
  return line;
}
