// Creates directories that a power cut does not take away. For Deno.

import fs from "node:fs";
import { dirname, resolve } from "node:path";
import { codeOf } from "../outcome.ts";
import { type Storage, StorageError } from "../vfs/storage.ts";

/**
 * Creates a directory and the missing ones above it, and flushes the entry of each: a file that is
 * flushed is lost if its directory is not. `mode` is reduced by the process's umask. Throws
 * `StorageError`.
 */
export function createDirectory(
  directory: string,
  storage: Pick<Storage, "flushDirectory">,
  mode = 0o777,
): void {
  let first: string | undefined;
  try {
    first = fs.mkdirSync(directory, { recursive: true, mode });
  } catch (error) {
    throw new StorageError(codeOf(error), "create", directory, error);
  }
  if (first === undefined) return;
  const outermost = resolve(first);
  for (let each = resolve(directory); each.length >= outermost.length; each = dirname(each)) {
    storage.flushDirectory(each);
  }
}
