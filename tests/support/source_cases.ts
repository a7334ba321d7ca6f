// What tests of sources share: manifests and bundles made by hand, and what a source loads.

import { textChecksum } from "../../lib/migration/text_checksum.ts";
import { type FileSource, migrationSource } from "../../lib/source/file_source.ts";
import type { ManifestFile } from "../../lib/source/plugin_manifest.ts";

/** Texts by file name. */
export type Texts = Readonly<Record<string, string>>;

/** Turns a text into bytes. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** What a manifest says of files. */
export async function promises(texts: Texts): Promise<ManifestFile[]> {
  return await Promise.all(
    Object.entries(texts).map(async ([file, text]) => ({
      file,
      checksum: await textChecksum(bytesOf(text)) ?? "",
    })),
  );
}

/**
 * What a source loads, as `version checksum` and `code file`; the message where there is no plugin.
 */
export async function loaded(
  files: FileSource,
  plugin: string,
): Promise<{ migrations: string[]; findings: string[]; messages: string[] } | string> {
  const found = await migrationSource(files).load(plugin);
  if (!found.found) return found.message;
  return {
    migrations: found.migrations.map(({ file }) => file),
    findings: found.findings.map(({ code, file }) => `${code} ${file}`),
    messages: found.findings.map(({ message }) => message),
  };
}
