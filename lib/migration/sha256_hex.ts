// SHA-256 of a text or of bytes, by the platform's Web Crypto. Runs anywhere.

/** Returns the SHA-256 of bytes, or of the UTF-8 form of a text, as 64 lower-case hex digits. */
export async function sha256Hex(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}
