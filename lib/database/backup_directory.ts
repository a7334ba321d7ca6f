// The directory of a database's backups, on a file system.

import fs from "node:fs";
import { join } from "node:path";
import type { BackupPlace } from "../execution/backup.ts";
import { type Storage, StorageError } from "../vfs/storage.ts";
import { createDirectory } from "./create_directory.ts";

/**
 * Keeps backups of the file `database` in `directory`, which is made when the first one is written.
 * They have the database's mode and owner, because they hold the same data.
 */
export function backupDirectory(
  directory: string,
  database: string,
  storage: Storage,
): BackupPlace {
  return {
    newFile(name) {
      createDirectory(directory, storage);
      const path = join(directory, name);
      try {
        // Exclusively: a file or a link of that name stays as it is.
        storage.open(path, { access: "read-write", existence: "exclusive" }, database).close();
        return path;
      } catch (error) {
        if (error instanceof StorageError && error.code === "EEXIST") return null;
        throw error;
      }
    },
    discard(path) {
      fs.rmSync(path, { force: true });
      fs.rmSync(`${path}-journal`, { force: true });
    },
    freeBytes() {
      // Needs --allow-sys=statfs in Deno; without it the reply says that the space is unknown.
      try {
        const { bavail, bsize } = fs.statfsSync(directory);
        return bavail * bsize;
      } catch {
        return null;
      }
    },
  };
}
