// Finds out whether the browser keeps files, by trying. For dedicated workers of browsers.

import type { Outcome } from "../../worker/session.ts";

/** The directories of a sandbox. */
export interface OpfsDirectories {
  /** What was dropped onto the page. */
  readonly plugins: FileSystemDirectoryHandle;
}

/** Opens a sandbox's directories in OPFS: https://fs.spec.whatwg.org/#sandboxed-filesystem */
export async function openOpfs(name: string): Promise<Outcome<OpfsDirectories>> {
  try {
    if (!("createSyncAccessHandle" in FileSystemFileHandle.prototype)) {
      return { ok: false, message: "This browser has no files for workers (OPFS)" };
    }
    const root = await navigator.storage.getDirectory();
    const directory = await root.getDirectoryHandle(name, { create: true });
    return {
      ok: true,
      value: { plugins: await directory.getDirectoryHandle("plugins", { create: true }) },
    };
  } catch (error) {
    // Private windows refuse; so do pages without a secure origin, where there is nothing to call.
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, message: `This browser does not let the page keep files: ${reason}` };
  }
}
