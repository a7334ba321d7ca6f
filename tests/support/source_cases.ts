// What tests of sources share: manifests and bundles made by hand, and what a source loads.

import { textChecksum } from "../../lib/migration/text_checksum.ts";
import {
  type CollectedMigrations,
  collectMigrations,
} from "../../lib/source/collect_migrations.ts";
import { type FileSource, migrationSource } from "../../lib/source/file_source.ts";
import { readFiles, type SourceFile } from "../../lib/source/source_file.ts";
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
  const found = await loadMigrations(files, plugin);
  if (typeof found === "string") return found;
  return {
    migrations: found.migrations.map(({ file }) => file),
    findings: found.findings.map(({ code, file }) => `${code} ${file}`),
    messages: found.findings.map(({ message }) => message),
  };
}

/** The migrations of a plugin, as a database's thread has them; the message where there are none. */
export async function loadMigrations(
  files: FileSource,
  plugin: string,
  maxBytes?: number,
): Promise<CollectedMigrations | string> {
  const found = await migrationSource(files, maxBytes).find(plugin);
  return found.found ? await collectMigrations(found.files) : found.message;
}

/** What is read of every file of a plugin. */
export async function filesRead(source: FileSource, plugin: string): Promise<SourceFile[]> {
  const listed = await source.list(plugin);
  return listed.found ? await Array.fromAsync(readFiles(listed.files)) : [];
}
