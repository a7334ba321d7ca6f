// Plain files in a directory of OPFS, beside SQLite's pool. Runs in dedicated workers of browsers.

/** Files that are written as a whole. */
export interface PlainFiles {
  names(): Promise<readonly string[]>;
  /** The bytes of a file; `null` where there is none. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Writes a file; a reader sees all of it or none. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Deletes a file, if there is one. */
  delete(name: string): Promise<void>;
}

/** The files of the directory `path`, which is created when the first one is written. */
export function plainFiles(path: string): PlainFiles {
  async function open(create: boolean): Promise<FileSystemDirectoryHandle> {
    let directory = await navigator.storage.getDirectory();
    for (const part of path.split("/")) {
      directory = await directory.getDirectoryHandle(part, { create });
    }
    return directory;
  }
  return {
    names: async () =>
      await unlessMissing(async () => await Array.fromAsync((await open(false)).keys())) ?? [],
    read: (name) =>
      unlessMissing(async () => {
        const handle = await (await open(false)).getFileHandle(name);
        return new Uint8Array(await (await handle.getFile()).arrayBuffer());
      }),
    async write(name, bytes) {
      const handle = await (await open(true)).getFileHandle(name, { create: true });
      const file = await handle.createWritable();
      await file.write(bytes);
      await file.close();
    },
    async delete(name) {
      await unlessMissing(async () => await (await open(false)).removeEntry(name));
    },
  };
}

async function unlessMissing<T>(action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return null;
    throw error;
  }
}
