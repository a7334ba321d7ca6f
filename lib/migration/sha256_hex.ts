// SHA-256 of a text, by the platform's Web Crypto. Runs anywhere.

/** Returns the SHA-256 of the UTF-8 form of `text` as 64 lower-case hex digits. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}
