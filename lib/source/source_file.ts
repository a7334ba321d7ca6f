// Reads the `.sql` files of a plugin, a few at a time. Runs anywhere.

import { pMapIterable } from "p-map";

/** A `.sql` file, its size where it is too large to be read, or why it could not be read. */
export type SourceFile =
  | { readonly file: string; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The checksum in a manifest; a text with another checksum is a finding. */
  | { readonly file: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly promised: string }
  | { readonly file: string; readonly sizeBytes: number }
  | { readonly file: string; readonly problem: string }
  /** The file by which the plugin has more bytes than this; no file from it on is read. */
  | { readonly file: string; readonly exceedsBytes: number };

/** A `.sql` file that is not read yet. */
export interface UnreadFile {
  readonly file: string;
  /** Reads it; the bytes belong to the caller. Never rejects. */
  read(): Promise<SourceFile>;
}

/** The most bytes that the files of one plugin have together, unless another limit is set. */
export const MAX_PLUGIN_BYTES = 64 * 1024 * 1024;

// Enough for a server that is far away.
const CONCURRENCY = 4;

/**
 * Reads files in order, a few ahead of the caller. Ends with the file by which they have more than
 * `maxBytes` together, so that one plugin cannot take the memory of all.
 */
export async function* readFiles(
  files: readonly UnreadFile[],
  maxBytes: number = MAX_PLUGIN_BYTES,
): AsyncGenerator<SourceFile, void> {
  let sizeBytes = 0;
  const reading = pMapIterable(files, (each) => each.read(), { concurrency: CONCURRENCY });
  for await (const source of reading) {
    sizeBytes += "bytes" in source ? source.bytes.length : 0;
    if (sizeBytes > maxBytes) {
      yield { file: source.file, exceedsBytes: maxBytes };
      return;
    }
    yield source;
  }
}
