// The checksum of a migration file's bytes, whether or not they parse. Runs anywhere.

import { decodeText } from "./decode_text.ts";
import { sha256Hex } from "./sha256_hex.ts";

/** The SHA-256 of the normalised text as 64 hex digits; `null` if the bytes are not UTF-8. */
export async function textChecksum(bytes: Uint8Array): Promise<string | null> {
  const decoded = decodeText(bytes);
  return decoded.ok ? await sha256Hex(decoded.text) : null;
}
