// Makes links that have a plugin's files in them, and opens such links. Runs in the browser.

import { formatShareLink, parseShareLink, type SharedFiles } from "../model/share_link.ts";
import { copyText } from "./copy.ts";
import { filesOf } from "./files.ts";
import type { Shared } from "../model/shared.ts";
import type { Store } from "./store.ts";

/** Copies a link to the files of a plugin, with a draft in the place of the file of its name. */
export async function copyShareLink(
  store: Store,
  plugin: string,
  shown: { readonly file: string; readonly text: string },
): Promise<void> {
  const others = filesOf(store, plugin).filter(({ file }) => file !== shown.file);
  const unreadable = others.find(({ text }) => text === null);
  if (unreadable !== undefined) {
    store.said.value = `${unreadable.file} cannot be in a link, because it is not text`;
    return;
  }
  const link = await formatShareLink({
    format: 1,
    plugin,
    files: [...others.map(({ file, text }) => ({ file, text: text ?? "" })), shown],
    open: shown.file,
  });
  if (!link.ok) {
    store.said.value = link.message;
    return;
  }
  const { origin, pathname } = location;
  await copyText(store, `${origin}${pathname}${link.value}`, "a link with the files in it");
}

/** Opens the files of a link, to be read. */
export async function openShared(store: Store, hash: string): Promise<void> {
  store.shared.value = { kind: "reading" };
  const read = await parseShareLink(hash);
  if (location.hash !== hash) return;
  if (!read.ok) {
    store.shared.value = { kind: "refused", message: read.message };
    return;
  }
  const files = read.value;
  store.shared.value = { kind: "open", files, file: files.open, report: null };
  const sandbox = await opened(store);
  const report = await sandbox.rehearse(files.plugin, files.files);
  const shared = store.shared.peek();
  if (isOf(shared, files)) store.shared.value = { ...shared, report };
}

/** Shows another file of the link. */
export function showShared(store: Store, file: string): void {
  const shared = store.shared.peek();
  if (shared?.kind === "open") store.shared.value = { ...shared, file };
}

/** Asks for a name, to save the files of the link as a plugin of this browser. */
export function keepShared(store: Store): void {
  const shared = store.shared.peek();
  if (shared?.kind !== "open") return;
  const encoder = new TextEncoder();
  const { plugin, files } = shared.files;
  const taken = store.plugins.value?.some(({ name }) => name === plugin) === true;
  store.naming.value = {
    files: files.map(({ file, text }) => ({ file, bytes: encoder.encode(text) })),
    suggestion: taken ? `${plugin}-shared`.slice(0, 64) : plugin,
  };
}

function isOf(
  shared: Shared | null,
  files: SharedFiles,
): shared is Extract<Shared, { kind: "open" }> {
  return shared?.kind === "open" && shared.files === files;
}

/** The sandbox, which may still be opening. */
function opened(store: Store): Promise<NonNullable<Store["sandbox"]["value"]>> {
  return new Promise((resolve) => {
    const stop = store.sandbox.subscribe((sandbox) => {
      if (sandbox === null) return;
      resolve(sandbox);
      queueMicrotask(() => stop());
    });
  });
}
