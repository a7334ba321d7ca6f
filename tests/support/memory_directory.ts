// A directory of the browser's private file system in memory, which can lose power at any step.

import type {
  DirectoryHandle,
  FileHandle,
  WritableFile,
} from "../../lib/browser/owner/directory_handle.ts";

/** How many changes there may be until nothing works any more. */
export class PowerSupply {
  changesLeft = Infinity;

  /** Takes one change, or fails as everything does once the tab is gone. */
  change(): void {
    if (this.changesLeft <= 0) throw new DOMException("The tab is gone", "AbortError");
    this.changesLeft--;
  }

  /** Fails once the tab is gone. */
  check(): void {
    if (this.changesLeft <= 0) throw new DOMException("The tab is gone", "AbortError");
  }
}

/** Removing a directory takes a change for each entry in it: browsers promise nothing better. */
export class MemoryDirectory implements DirectoryHandle {
  readonly kind = "directory";
  readonly #power: PowerSupply;
  readonly #entries = new Map<string, MemoryDirectory | MemoryFile>();

  constructor(power: PowerSupply = new PowerSupply()) {
    this.#power = power;
  }

  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<MemoryDirectory> {
    return this.#get(name, options, "directory", () => new MemoryDirectory(this.#power));
  }

  getFileHandle(name: string, options?: { create?: boolean }): Promise<MemoryFile> {
    return this.#get(name, options, "file", () => new MemoryFile(this.#power));
  }

  // deno-lint-ignore require-await
  async removeEntry(name: string, options?: { recursive?: boolean }): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new DOMException(`No ${name}`, "NotFoundError");
    if (entry.kind === "directory") {
      if (!options?.recursive && entry.#entries.size > 0) {
        throw new DOMException(`${name} is not empty`, "InvalidModificationError");
      }
      entry.#clear();
    }
    this.#power.change();
    this.#entries.delete(name);
  }

  async *entries(): AsyncGenerator<[string, DirectoryHandle | FileHandle]> {
    this.#power.check();
    yield* this.#entries;
  }

  /** The paths of all files below, in order. */
  paths(): readonly string[] {
    return [...this.#entries].flatMap(([name, entry]) =>
      entry.kind === "file" ? [name] : entry.paths().map((path) => `${name}/${path}`)
    ).sort();
  }

  #clear(): void {
    for (const [name, entry] of this.#entries) {
      if (entry.kind === "directory") entry.#clear();
      this.#power.change();
      this.#entries.delete(name);
    }
  }

  // deno-lint-ignore require-await
  async #get<Entry extends MemoryDirectory | MemoryFile>(
    name: string,
    options: { create?: boolean } | undefined,
    kind: Entry["kind"],
    make: () => Entry,
  ): Promise<Entry> {
    this.#power.check();
    if (/[/\\]|^\.{0,2}$/.test(name)) throw new TypeError(`${name} is no name`);
    const made = make();
    const entry = this.#entries.get(name);
    if (entry !== undefined) {
      if (isLike(entry, made)) return entry;
      throw new DOMException(`${name} is no ${kind}`, "TypeMismatchError");
    }
    if (!options?.create) throw new DOMException(`No ${name}`, "NotFoundError");
    this.#power.change();
    this.#entries.set(name, made);
    return made;
  }
}

class MemoryFile implements FileHandle {
  readonly kind = "file";
  readonly #power: PowerSupply;
  #content = new Uint8Array();

  constructor(power: PowerSupply) {
    this.#power = power;
  }

  // deno-lint-ignore require-await
  async getFile(): Promise<Blob> {
    this.#power.check();
    return new Blob([this.#content]);
  }

  // deno-lint-ignore require-await
  async createWritable(): Promise<WritableFile> {
    this.#power.change();
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    return {
      // deno-lint-ignore require-await
      write: async (bytes) => {
        this.#power.change();
        chunks.push(bytes.slice());
      },
      close: async () => {
        this.#power.change();
        this.#content = await new Blob(chunks).bytes();
      },
    };
  }
}

function isLike<Entry extends { kind: string }>(
  entry: { kind: string },
  made: Entry,
): entry is Entry {
  return entry.kind === made.kind;
}
