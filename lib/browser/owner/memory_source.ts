// Saved files in memory, for browsers without storage. Runs anywhere.

import type { UnreadFile } from "../../source/source_file.ts";
import { type KeptFile, type KeptSource, noneKept, whyNotKept } from "./kept_files.ts";

/** Makes a source that stores files in memory. */
export function memorySource(): KeptSource {
  const plugins = new Map<string, readonly KeptFile[]>();
  return {
    plugins: () => Promise.resolve([...plugins.keys()].sort()),
    list(plugin) {
      const files = plugins.get(plugin);
      return Promise.resolve(
        files === undefined
          ? { found: false, message: noneKept(plugin) }
          : { found: true, files: files.map(unread) },
      );
    },
    pageOf: () => Promise.resolve(null),
    keep(plugin, files) {
      const problem = whyNotKept(plugin, files);
      if (problem !== null) {
        return Promise.resolve({ ok: false, code: "not-kept", message: problem });
      }
      const sorted = files.map(copyOf).sort((one, other) => one.file < other.file ? -1 : 1);
      plugins.set(plugin, sorted);
      return Promise.resolve({ ok: true, value: undefined });
    },
    forget(plugin) {
      plugins.delete(plugin);
      return Promise.resolve({ ok: true, value: undefined });
    },
  };
}

// The caller may write into the bytes later.
function copyOf({ file, bytes }: KeptFile): KeptFile & { bytes: Uint8Array<ArrayBuffer> } {
  return { file, bytes: new Uint8Array(bytes) };
}

function unread(kept: KeptFile): UnreadFile {
  return { file: kept.file, read: () => Promise.resolve(copyOf(kept)) };
}
