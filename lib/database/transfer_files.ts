// Moves files into a database's thread. Runs anywhere.

import * as Comlink from "comlink";
import type { SourceFile } from "../source/source_file.ts";

// Each call into a thread costs a tenth of a millisecond.
const BATCH_FILES = 100;
const BATCH_BYTES = 1024 * 1024;

/** Files in batches for a call each, read no further than the caller goes. */
export async function* batches(
  files: AsyncIterable<SourceFile>,
): AsyncGenerator<readonly SourceFile[], void> {
  let batch: SourceFile[] = [];
  let sizeBytes = 0;
  for await (const source of files) {
    batch.push(source);
    sizeBytes += "bytes" in source ? source.bytes.length : 0;
    if (batch.length < BATCH_FILES && sizeBytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    sizeBytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** The files as an argument of a call, which moves their bytes and does not copy them. */
export function transferred(files: readonly SourceFile[]): readonly SourceFile[] {
  const buffers = files.flatMap((source) => "bytes" in source ? [source.bytes.buffer] : []);
  return Comlink.transfer(files, buffers);
}
