// Writes the manifest under which a server publishes plugins. Runs anywhere.

import {
  type Manifest,
  MANIFEST_FORMAT,
  type ManifestFile,
  type ManifestPlugin,
} from "./plugin_manifest.ts";
import { textChecksum } from "../migration/text_checksum.ts";
import type { FileSource } from "./file_source.ts";
import { readFiles, type SourceFile } from "./source_file.ts";

/** The URL of a plugin's page code, relative to the manifest; `null` if it has none. */
export type PageOf = (plugin: string) => string | null | Promise<string | null>;

/**
 * Names every plugin of a source and its files, with their present checksums; plugins and files in
 * alphabetical order. A file that cannot be read or is not UTF-8 gets the checksum of an empty
 * text, so that a program that loads it reports an error instead of a missing file.
 */
export async function httpManifest(
  source: FileSource,
  pageOf: PageOf = () => null,
): Promise<Manifest> {
  const names = await source.plugins();
  const plugins: ManifestPlugin[] = [];
  for (const name of names) {
    const listed = await source.list(name);
    if (!listed.found) continue;
    const files: ManifestFile[] = [];
    for await (const each of readFiles(listed.files)) files.push(await promise(each));
    files.sort((one, other) => one.file < other.file ? -1 : 1);
    plugins.push({ name, page: await pageOf(name), files });
  }
  return { format: MANIFEST_FORMAT, plugins };
}

async function promise(source: SourceFile): Promise<ManifestFile> {
  const bytes = "bytes" in source ? source.bytes : new Uint8Array();
  const checksum = await textChecksum(bytes) ?? await textChecksum(new Uint8Array());
  return { file: source.file, checksum: checksum ?? "" };
}
