// Saved files in memory, for browsers without storage. Runs anywhere.

import type { UnreadFile } from "../../source/source_file.ts";
import { noneSaved, type SavedFile, type SavedSource, whyNotSaved } from "./saved_files.ts";

/** Makes a source that stores files in memory. */
export function memorySource(): SavedSource {
  const plugins = new Map<string, readonly SavedFile[]>();
  return {
    plugins: () => Promise.resolve([...plugins.keys()].sort()),
    list(plugin) {
      const files = plugins.get(plugin);
      return Promise.resolve(
        files === undefined
          ? { found: false, reason: "unknown", message: noneSaved(plugin) }
          : { found: true, files: files.map(unread) },
      );
    },
    pageOf: () => Promise.resolve(null),
    save(plugin, files) {
      const problem = whyNotSaved(plugin, files);
      if (problem !== null) {
        return Promise.resolve({ ok: false, code: "not-saved", message: problem });
      }
      const sorted = files.map(copyOf).sort((one, other) => one.file < other.file ? -1 : 1);
      plugins.set(plugin, sorted);
      return Promise.resolve({ ok: true, value: undefined });
    },
    delete(plugin) {
      plugins.delete(plugin);
      return Promise.resolve({ ok: true, value: undefined });
    },
  };
}

// The caller may write into the bytes later.
function copyOf({ file, bytes }: SavedFile): SavedFile & { bytes: Uint8Array<ArrayBuffer> } {
  return { file, bytes: new Uint8Array(bytes) };
}

function unread(saved: SavedFile): UnreadFile {
  return { file: saved.file, read: () => Promise.resolve(copyOf(saved)) };
}
