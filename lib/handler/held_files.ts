// Keeps the files of a plugin for as long as a rollout lasts. Runs anywhere.

import type { MigrationSource } from "../source/migration_source.ts";
import type { SourceFile } from "../source/source_file.ts";

/**
 * A source that has read the files of one plugin, so that every database gets the same ones although
 * somebody edits them meanwhile. What is known of the state of files is not of these.
 */
export async function heldFiles(
  source: MigrationSource,
  files: AsyncIterable<SourceFile>,
): Promise<MigrationSource> {
  const held: SourceFile[] = [];
  for await (const file of files) held.push(file);
  // The bytes move into the thread of a database.
  async function* copies(): AsyncGenerator<SourceFile> {
    for (const file of held) yield "bytes" in file ? { ...file, bytes: file.bytes.slice() } : file;
  }
  return {
    ...source,
    find: () => Promise.resolve({ found: true, files: { [Symbol.asyncIterator]: copies } }),
    stateOf: () => null,
  };
}
