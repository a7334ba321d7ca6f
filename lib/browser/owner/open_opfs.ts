// Opens the browser's private file system (OPFS), if it can be used. For dedicated workers of
// browsers.

import { type Outcome, reasonOf } from "../../outcome.ts";

/** The directories of a sandbox. */
export interface OpfsDirectories {
  /** The directory of the sandbox. */
  readonly root: FileSystemDirectoryHandle;
  /** The files saved for plugins. */
  readonly plugins: FileSystemDirectoryHandle;
}

/** Opens a sandbox's directories in OPFS: https://fs.spec.whatwg.org/#sandboxed-filesystem */
export async function openOpfs(name: string): Promise<Outcome<OpfsDirectories>> {
  try {
    if (!("createSyncAccessHandle" in FileSystemFileHandle.prototype)) {
      return {
        ok: false,
        code: "no-storage",
        message: "This browser has no file system for workers (OPFS)",
      };
    }
    const root = await navigator.storage.getDirectory();
    const directory = await root.getDirectoryHandle(name, { create: true });
    return {
      ok: true,
      value: {
        root: directory,
        plugins: await directory.getDirectoryHandle("plugins", { create: true }),
      },
    };
  } catch (error) {
    // Some private windows refuse it. An insecure origin has no `navigator.storage`.
    const message = `This browser does not allow the page to store files: ${reasonOf(error)}`;
    return { ok: false, code: "no-storage", message };
  }
}
