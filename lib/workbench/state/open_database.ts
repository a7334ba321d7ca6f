// Opens a database file as a plugin: with the files of its history, or with a baseline. Runs in the
// browser.

import type { Draft } from "../../browser/sandbox.ts";
import { isPluginName, PLUGIN_NAME_RULE } from "../../message/plugin_name.ts";
import type { Outcome } from "../../outcome.ts";
import { type DroppedFile, pluginNameOf } from "../model/dropped_files.ts";
import { goTo } from "./navigate.ts";
import type { OpenedDatabase } from "./data_state.ts";
import type { Store } from "./store.ts";

/** Reads a database that was dropped, and asks for the name of its plugin. */
export async function receiveDatabase(
  store: Store,
  { path, bytes }: DroppedFile,
  dropped: number,
): Promise<void> {
  if (dropped > 1) {
    store.said.value = `There are ${dropped} databases; drop one at a time`;
    return;
  }
  const file = path.split("/").at(-1) ?? path;
  store.said.value = `Reading ${file} …`;
  const read = await store.sandbox.value?.readDatabase(bytes);
  if (read === undefined) return;
  if (!read.ok) {
    store.said.value = `${file}: ${read.message}`;
    return;
  }
  const reading = read.value;
  store.said.value = "";
  store.opening.value = {
    file,
    bytes,
    reading,
    suggestion: reading.owners[0] ?? pluginNameOf(file),
  };
}

/** Opens the database as a plugin. Returns why it cannot, or `null`. */
export async function openDatabase(
  store: Store,
  opening: OpenedDatabase,
  plugin: string,
): Promise<string | null> {
  const sandbox = store.sandbox.value;
  if (sandbox === null) return "The sandbox is not open yet; wait a moment";
  const files = whatToSave(store, opening, plugin);
  if (!files.ok) return files.message;
  const { bytes, reading } = opening;
  const [baseline] = reading.owners.length === 0 ? files.value : [];
  const imported = await sandbox.importDatabase(plugin, bytes, baseline);
  if (!imported.ok) return imported.message;
  if (files.value.length > 0) {
    const encoder = new TextEncoder();
    const saved = await sandbox.saveFiles(
      plugin,
      files.value.map(({ file, text }) => ({ file, bytes: encoder.encode(text) })),
    );
    if (!saved.ok) {
      return `The database is imported, and its files cannot be saved: ${saved.message}`;
    }
  }
  store.opening.value = null;
  store.said.value = `Opened ${opening.file} as ${plugin}`;
  goTo(store, { plugin, view: "migrations", step: null });
  return null;
}

/** The files to save with the database; none where the plugin has its own. */
function whatToSave(
  store: Store,
  { file, reading: { owners, files, baseline } }: OpenedDatabase,
  plugin: string,
): Outcome<readonly Draft[]> {
  const refuse = (message: string): Outcome<never> => ({ ok: false, code: "not-opened", message });
  if (!isPluginName(plugin)) return refuse(`Choose another name: ${PLUGIN_NAME_RULE}`);
  const isThere = store.plugins.value?.some(({ name }) => name === plugin) === true;
  const [owner] = owners;
  if (owner !== undefined) {
    if (owner !== plugin) return refuse(`${file} has the history of ${owner}; name it so`);
    if (isThere) return { ok: true, value: [] };
    return files.length > 0 ? { ok: true, value: files } : refuse(
      `The log of ${file} does not have the files of ${owner}; drop its folder migrations/ first`,
    );
  }
  if (isThere) {
    return refuse(
      `There is a plugin ${plugin}; choose another name, or import the file under Data`,
    );
  }
  if (baseline === null) return refuse(`${file} has no history and no schema`);
  return baseline.ok ? { ok: true, value: [baseline.value] } : baseline;
}
