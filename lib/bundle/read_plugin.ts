// Reads a plugin from its directory as a bundle without a page. For Deno.

import type { Finding } from "../finding/finding.ts";
import { isPluginName, whyNoPlugin } from "../message/plugin_name.ts";
import { decodeText } from "../migration/decode_text.ts";
import type { Migration } from "../migration/migration.ts";
import { collectMigrations } from "../source/collect_migrations.ts";
import { directorySource } from "../source/directory_source.ts";
import { type Bundle, MANIFEST_FORMAT } from "../source/plugin_manifest.ts";
import { readFiles, type SourceFile } from "../source/source_file.ts";

/** The files of a plugin, or why there are none. */
export type ReadPlugin =
  | { readonly kind: "read"; readonly bundle: Bundle }
  | { readonly kind: "not-found"; readonly message: string }
  /** Files that do not parse, or none at all. */
  | { readonly kind: "invalid"; readonly findings: readonly Finding[] };

/** Reads `<plugins>/<plugin>/migrations/`. The same files make the same bundle. */
export async function readPlugin(pluginsDir: string, plugin: string): Promise<ReadPlugin> {
  if (!isPluginName(plugin)) {
    const message = whyNoPlugin(plugin);
    return { kind: "not-found", message };
  }
  const listed = await directorySource(pluginsDir).list(plugin);
  if (!listed.found) return { kind: "not-found", message: listed.message };
  const files = await Array.fromAsync(readFiles(listed.files));
  const { migrations, findings } = await collectMigrations(files);
  if (findings.length > 0) return { kind: "invalid", findings };
  return {
    kind: "read",
    bundle: {
      format: MANIFEST_FORMAT,
      name: plugin,
      page: null,
      files: bundledFiles(files, migrations),
    },
  };
}

function bundledFiles(
  files: readonly SourceFile[],
  migrations: readonly Migration[],
): Bundle["files"] {
  const bytes = new Map(files.map((each) => [each.file, "bytes" in each ? each.bytes : null]));
  return migrations.map(({ file, checksum }) => {
    const decoded = decodeText(bytes.get(file) ?? new Uint8Array());
    return { file, checksum, text: decoded.ok ? decoded.text : "" };
  });
}
