// Plugins as a server publishes them, as files for a `SandboxServer`.

import { MANIFEST_FORMAT } from "../../lib/source/plugin_manifest.ts";
import { textChecksum } from "../../lib/migration/text_checksum.ts";

/** Migration files by name, by plugin. */
export type PublishedPlugins = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The manifest and every file it names, by path; they hide the example plugins. */
export async function publishedPlugins(
  plugins: PublishedPlugins,
): Promise<Readonly<Record<string, string>>> {
  const paths: Record<string, string> = {};
  const entries = await Promise.all(
    Object.entries(plugins).map(async ([name, texts]) => ({
      name,
      page: null,
      files: await Promise.all(
        Object.entries(texts).map(async ([file, text]) => {
          paths[`plugins/${name}/migrations/${file}`] = text;
          return { file, checksum: await textChecksum(new TextEncoder().encode(text)) };
        }),
      ),
    })),
  );
  paths["plugins/manifest.json"] = JSON.stringify({ format: MANIFEST_FORMAT, plugins: entries });
  return paths;
}
