// What a disk may hold after its power was cut: only what was flushed is sure. For tests.

import { hash } from "node:crypto";
import type { Files } from "../../lib/vfs/memory_storage.ts";
import { directoryOf, type DiskOperation } from "./simulated_disk.ts";

/**
 * What becomes of a change that was not flushed. Of a write, single sectors may be kept; or only
 * the file's new length, with zeros or with old rubbish from the disk in its new part.
 */
export type Fate =
  | { readonly kind: "kept" | "lost" | "zeros" | "rubbish" }
  | { readonly kind: "sectors"; readonly keeps: (sector: number) => boolean };

/** A change that a power cut may undo. */
export type PendingChange = Exclude<
  DiskOperation,
  { readonly kind: "flush" | "flush-directory" }
>;

/** Writes are torn only at multiples of this many bytes. */
export const SECTOR_BYTES = 512;

// Pages are replaced, never written to, so that images share what they have in common.
const PAGE_BYTES = 4096;
const EMPTY_PAGE = new Uint8Array(PAGE_BYTES);

interface Content {
  sizeBytes: number;
  readonly pages: Uint8Array[];
}

/** What a disk holds after a power cut. */
export interface DiskImage {
  /** Equal for equal images. */
  readonly key: string;
  files(): Files;
}

/**
 * Follows the changes to a disk. A file's contents and length are sure once the file was flushed, a
 * name once its directory was; until then each change may be kept or lost whatever becomes of
 * others.
 */
export class PowerCut {
  readonly #names = new Map<string, number>();
  readonly #contents = new Map<number, Content>();
  #pending: PendingChange[] = [];

  /** Starts as `simulatedDisk(files)` does. */
  constructor(files: Files = new Map()) {
    for (const [number, [path, bytes]] of [...files].entries()) {
      this.#names.set(path, number);
      const content: Content = { sizeBytes: 0, pages: [] };
      write(content, 0, bytes);
      this.#contents.set(number, content);
    }
  }

  /** What is not sure yet, in order. */
  get pending(): readonly PendingChange[] {
    return this.#pending;
  }

  /** Takes notice of the next change. */
  advance(operation: DiskOperation): void {
    switch (operation.kind) {
      case "flush":
        this.#settle((change) => isContents(change) && change.file === operation.file);
        return;
      case "flush-directory":
        this.#settle((change) =>
          !isContents(change) && directoryOf(change.path) === operation.directory
        );
        this.#forgetUnreachable();
        return;
      default:
        this.#pending.push(operation);
    }
  }

  /** Cuts the power; `fateOf` decides each pending change. The disk itself goes on. */
  cut(fateOf: (change: PendingChange, index: number) => Fate): DiskImage {
    const names = new Map(this.#names);
    const contents = new Map(this.#contents);
    const owned = new Set<number>();
    for (const [index, change] of this.#pending.entries()) {
      if (isContents(change) && !owned.has(change.file)) {
        contents.set(change.file, copyOf(contents.get(change.file)));
        owned.add(change.file);
      }
      apply(names, contents, change, fateOf(change, index));
    }
    const named = new Map(
      [...names].map(([path, file]) => [path, contents.get(file) ?? copyOf(undefined)] as const),
    );
    return { key: keyOf(named), files: () => filesOf(named) };
  }

  #settle(isSure: (change: PendingChange) => boolean): void {
    const left: PendingChange[] = [];
    for (const change of this.#pending) {
      if (isSure(change)) this.#keep(change);
      else left.push(change);
    }
    this.#pending = left;
  }

  #keep(change: PendingChange): void {
    if (isContents(change)) {
      this.#contents.set(change.file, copyOf(this.#contents.get(change.file)));
    }
    apply(this.#names, this.#contents, change, { kind: "kept" });
  }

  // Nobody can ever see the contents of a file that no name leads to.
  #forgetUnreachable(): void {
    const reachable = new Set(this.#names.values());
    for (const change of this.#pending) if (!isContents(change)) reachable.add(change.file);
    this.#pending = this.#pending.filter(({ file }) => reachable.has(file));
  }
}

type ContentChange = Extract<PendingChange, { readonly kind: "write" | "truncate" }>;

function isContents(change: PendingChange): change is ContentChange {
  return change.kind === "write" || change.kind === "truncate";
}

function apply(
  names: Map<string, number>,
  contents: Map<number, Content>,
  change: PendingChange,
  fate: Fate,
): void {
  if (fate.kind === "lost") return;
  switch (change.kind) {
    case "create":
      names.set(change.path, change.file);
      return;
    case "delete":
      if (names.get(change.path) === change.file) names.delete(change.path);
      return;
    case "truncate":
      resize(contentOf(contents, change.file), change.sizeBytes);
      return;
    case "write":
      applyWrite(contentOf(contents, change.file), change.at, change.bytes, fate);
      return;
  }
  change satisfies never;
}

function applyWrite(content: Content, at: number, bytes: Uint8Array, fate: Fate): void {
  const end = at + bytes.length;
  switch (fate.kind) {
    case "kept":
      write(content, at, bytes);
      return;
    case "lost":
      return;
    case "zeros":
      resize(content, Math.max(content.sizeBytes, end));
      return;
    case "rubbish": {
      const fresh = Math.max(at, content.sizeBytes);
      if (fresh < end) write(content, fresh, new Uint8Array(end - fresh).fill(0xa5));
      return;
    }
    case "sectors":
      for (let from = at; from < end;) {
        const sector = Math.floor(from / SECTOR_BYTES);
        const to = Math.min((sector + 1) * SECTOR_BYTES, end);
        if (fate.keeps(sector)) write(content, from, bytes.subarray(from - at, to - at));
        from = to;
      }
      return;
  }
  fate satisfies never;
}

function contentOf(contents: Map<number, Content>, file: number): Content {
  const known = contents.get(file);
  if (known !== undefined) return known;
  const content: Content = { sizeBytes: 0, pages: [] };
  contents.set(file, content);
  return content;
}

function copyOf(content: Content | undefined): Content {
  return content === undefined
    ? { sizeBytes: 0, pages: [] }
    : { sizeBytes: content.sizeBytes, pages: [...content.pages] };
}

function write(content: Content, at: number, bytes: Uint8Array): void {
  resize(content, Math.max(content.sizeBytes, at + bytes.length));
  for (let done = 0; done < bytes.length;) {
    const index = Math.floor((at + done) / PAGE_BYTES);
    const start = (at + done) % PAGE_BYTES;
    const part = bytes.subarray(done, done + PAGE_BYTES - start);
    const page = (content.pages[index] ?? EMPTY_PAGE).slice();
    page.set(part, start);
    content.pages[index] = page;
    done += part.length;
  }
}

function resize(content: Content, sizeBytes: number): void {
  const pageCount = Math.ceil(sizeBytes / PAGE_BYTES);
  while (content.pages.length < pageCount) content.pages.push(EMPTY_PAGE);
  if (sizeBytes < content.sizeBytes) {
    content.pages.length = pageCount;
    const last = content.pages[pageCount - 1];
    const rest = sizeBytes % PAGE_BYTES;
    if (last !== undefined && rest !== 0) content.pages[pageCount - 1] = last.slice().fill(0, rest);
  }
  content.sizeBytes = sizeBytes;
}

const hashes = new WeakMap<Uint8Array, string>();

function hashOf(page: Uint8Array): string {
  const known = hashes.get(page);
  if (known !== undefined) return known;
  const computed = hash("sha1", page, "base64");
  hashes.set(page, computed);
  return computed;
}

function keyOf(files: ReadonlyMap<string, Content>): string {
  const parts = [...files].map(([path, { sizeBytes, pages }]) =>
    `${path} ${sizeBytes} ${pages.map(hashOf).join("")}`
  );
  return hash("sha1", parts.sort().join("\n"), "base64");
}

function filesOf(named: ReadonlyMap<string, Content>): Files {
  return new Map([...named].map(([path, { sizeBytes, pages }]) => {
    const bytes = new Uint8Array(pages.length * PAGE_BYTES);
    for (const [index, page] of pages.entries()) bytes.set(page, index * PAGE_BYTES);
    return [path, bytes.subarray(0, sizeBytes)];
  }));
}
