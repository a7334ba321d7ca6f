// Writes the manifest under which a server publishes plugins. Runs anywhere.

import { type Manifest, MANIFEST_FORMAT, type ManifestFile } from "./plugin_manifest.ts";
import { textChecksum } from "../migration/text_checksum.ts";
import type { SourceFile } from "./collect_migrations.ts";
import type { FileSource } from "./file_source.ts";

/** Where a plugin's page code is, relative to the manifest; `null` where it brings none. */
export type PageOf = (plugin: string) => string | null | Promise<string | null>;

/**
 * Names every plugin of a source and its files, with the checksums of now; plugins and files in
 * alphabetical order. A file that cannot be read or is not UTF-8 has no checksum of its own: it is
 * promised as if it were empty, so that whoever loads it sees an error on it and not its absence.
 */
export async function httpManifest(
  source: FileSource,
  pageOf: PageOf = () => null,
): Promise<Manifest> {
  const names = await source.plugins();
  const plugins = await Promise.all(names.map(async (name) => {
    const read = await source.read(name);
    if (!read.found) return [];
    const files = await Promise.all(read.files.map(promise));
    files.sort((one, other) => one.file < other.file ? -1 : 1);
    return [{ name, page: await pageOf(name), files }];
  }));
  return { format: MANIFEST_FORMAT, plugins: plugins.flat() };
}

async function promise(source: SourceFile): Promise<ManifestFile> {
  const bytes = "bytes" in source ? source.bytes : new Uint8Array();
  const checksum = await textChecksum(bytes) ?? await textChecksum(new Uint8Array());
  return { file: source.file, checksum: checksum ?? "" };
}
