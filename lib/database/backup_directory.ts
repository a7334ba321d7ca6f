// The directory of a database's backups, on a file system.

import fs from "node:fs";
import { join } from "node:path";
import type { BackupPlace } from "../execution/backup.ts";
import type { Storage } from "../vfs/storage.ts";
import { createDirectory } from "./create_directory.ts";

/** Keeps backups in `directory`, which is made when the first one is written. */
export function backupDirectory(directory: string, storage: Storage): BackupPlace {
  return {
    newFile(name) {
      createDirectory(directory, storage);
      return join(directory, name);
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
