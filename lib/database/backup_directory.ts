// The directory of a database's backups, on a file system.

import fs from "node:fs";
import { createHash } from "node:crypto";
import type { BackupPlace } from "../backup/backup_place.ts";
import { storageBackups } from "../backup/storage_backups.ts";
import { codeOf } from "../outcome.ts";
import { type Storage, StorageError } from "../vfs/storage.ts";
import { createDirectory } from "./create_directory.ts";

/**
 * Keeps backups of the file `database` in `directory`, which is created when the first one is
 * made. They hold the rows of all users of the plugin: only the owner of the database may read
 * them, and only the owner of the service may enter the directory.
 */
export function backupDirectory(
  directory: string,
  database: string,
  storage: Storage,
): BackupPlace {
  return storageBackups(storage, {
    path: directory,
    create: () => createDirectory(directory, storage, 0o700),
    names() {
      return attempt(
        "read",
        directory,
        () =>
          fs.existsSync(directory)
            ? fs.readdirSync(directory, { withFileTypes: true })
              .filter((entry) => !entry.isDirectory()).map(({ name }) => name)
            : [],
      );
    },
    isFile: (path) =>
      attempt("stat", path, () => fs.statSync(path, { throwIfNoEntry: false })?.isFile() ?? false),
    writtenAt: (path) => attempt("stat", path, () => fs.statSync(path).mtime.toISOString()),
    makePrivate: (path) => attempt("chmod", path, () => fs.chmodSync(path, 0o600)),
    freeBytes() {
      // Needs --allow-sys=statfs in Deno; without it the reply says that the space is unknown.
      try {
        const { bavail, bsize } = fs.statfsSync(directory);
        return bavail * bsize;
      } catch {
        return null;
      }
    },
    hash() {
      const hash = createHash("sha256");
      return {
        update: (bytes) => hash.update(bytes),
        digest: () => Promise.resolve(hash.digest("hex")),
      };
    },
  }, database);
}

function attempt<T>(operation: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new StorageError(codeOf(error), operation, path, error);
  }
}
