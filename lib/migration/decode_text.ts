// Turns the bytes of a migration file into the text that is parsed and hashed. Pure; runs anywhere.

/** The normalised text, or what the bytes are instead. */
export type DecodedText =
  | { readonly ok: true; readonly text: string }
  /**
   * `line`, from 1, is that of the first byte that is not UTF-8; 1 in a file that is all UTF-16.
   */
  | { readonly ok: false; readonly line: number; readonly isUtf16: boolean };

/**
 * Decodes UTF-8, strips a byte order mark and turns CRLF into LF, so that a checkout on another
 * system has the same checksum. UTF-16 is not decoded, though without characters beyond ASCII its
 * bytes are UTF-8 with NULs.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (isUtf16(bytes)) return { ok: false, line: 1, isUtf16: true };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { ok: true, text: text.replaceAll("\r\n", "\n") };
  } catch {
    return { ok: false, line: firstInvalidLine(bytes), isUtf16: false };
  }
}

// It begins with a byte order mark, which is not UTF-8, or most of its characters are of ASCII:
// then every other byte is NUL.
function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe || first === 0xfe && second === 0xff) return true;
  const sample = bytes.subarray(0, 1_000);
  const nulsAt = (parity: number): number =>
    sample.filter((byte, index) => byte === 0 && index % 2 === parity).length;
  const [even, odd] = [nulsAt(0), nulsAt(1)];
  return bytes.length % 2 === 0 && Math.min(even, odd) === 0 &&
    Math.max(even, odd) > sample.length / 4;
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
