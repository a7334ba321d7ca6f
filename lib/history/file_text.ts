// The text of a migration file as the log stores it. Runs anywhere.

import { MAX_FILE_BYTES } from "../migration/parse_migration.ts";
import type { SqlValue } from "../sqlite/sqlite3.ts";

/** A short text as it is, so that any SQLite shell shows it; a long one as raw DEFLATE of UTF-8. */
export type StoredText = string | Uint8Array;

// About a page of a database. A shorter text costs little, and people can read it in the log.
const MAX_PLAIN_LENGTH = 4_096;

/** Makes of a text what the log stores. */
export async function packText(text: string): Promise<StoredText> {
  if (text.length <= MAX_PLAIN_LENGTH) return text;
  const deflated = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(deflated).arrayBuffer());
}

/**
 * Reads a stored text; `null` where the value is none, or longer than a file can be. Compare its
 * checksum: some runtimes return a part of what was cut short.
 */
export async function unpackText(stored: SqlValue): Promise<string | null> {
  if (typeof stored === "string") return stored;
  if (!(stored instanceof Uint8Array)) return null;
  const inflated = new Blob([new Uint8Array(stored)]).stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  let sizeBytes = 0;
  try {
    for await (const bytes of inflated) {
      sizeBytes += bytes.length;
      // A few bytes can be inflated to any number of them.
      if (sizeBytes > MAX_FILE_BYTES) return null;
      text += decoder.decode(bytes, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    // Not DEFLATE, or not UTF-8.
    if (error instanceof TypeError) return null;
    throw error;
  }
}
