// Publishes plugins for browsers, in both ways there are: a manifest over files, and a bundle each.
// For Deno.

import { mkdir, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bundlePlugin } from "./bundle_plugin.ts";
import { writeModules } from "./module_file.ts";
import { directorySource } from "../source/directory_source.ts";
import type { FileSource } from "../source/file_source.ts";
import { readFiles } from "../source/source_file.ts";
import { httpManifest } from "../source/http_manifest.ts";

/**
 * Writes `manifest.json` with every file it names, and for each plugin `<plugin>.bundle.js` as
 * `godwit bundle` makes it, with `<plugin>.page.js` where the plugin brings a page.
 */
export async function publishPlugins(pluginsDir: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const source = directorySource(pluginsDir);
  for (const plugin of await source.plugins()) {
    await copyFiles(source, plugin, join(directory, plugin, "migrations"));
    await bundle(pluginsDir, plugin, join(directory, `${plugin}.bundle.js`));
  }
  const manifest = await httpManifest(source, (plugin) => {
    const page = `${plugin}.page.js`;
    return existsSync(join(directory, page)) ? `./${page}` : null;
  });
  await writeFile(join(directory, "manifest.json"), JSON.stringify(manifest));
}

async function copyFiles(source: FileSource, plugin: string, directory: string): Promise<void> {
  const listed = await source.list(plugin);
  if (!listed.found) throw new Error(listed.message);
  await mkdir(directory, { recursive: true });
  for await (const file of readFiles(listed.files)) {
    if ("bytes" in file) await writeFile(join(directory, file.file), file.bytes);
  }
}

async function bundle(pluginsDir: string, plugin: string, out: string): Promise<void> {
  const made = await bundlePlugin({ pluginsDir, plugin, out });
  if (made.kind === "invalid") {
    throw new Error(made.findings.map(({ message }) => message).join("\n"));
  }
  const problem = made.kind === "bundled" ? await writeModules(made, true) : made.message;
  if (problem !== null) throw new Error(problem);
}
