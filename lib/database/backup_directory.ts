// The place for backups on a file system, `<data>/backups/<plugin>/`.

import { codeOf } from "../outcome.ts";
import fs from "node:fs";
import { dirname, join } from "node:path";
import type { BackupPlace } from "../execution/backup.ts";
import { type Storage, StorageError } from "../vfs/storage.ts";

/** Keeps backups in `directory`, which is made when the first one is written. */
export function backupDirectory(directory: string, storage: Storage): BackupPlace {
  return {
    newFile(name) {
      try {
        const created = fs.mkdirSync(directory, { recursive: true });
        // A backup is no use if a power cut takes the directory that it is in.
        if (created !== undefined) {
          storage.flushDirectory(directory);
          storage.flushDirectory(dirname(directory));
        }
      } catch (error) {
        if (error instanceof StorageError) throw error;
        throw new StorageError(codeOf(error), "create", directory, error);
      }
      return join(directory, name);
    },
    discard(path) {
      fs.rmSync(path, { force: true });
      fs.rmSync(`${path}-journal`, { force: true });
    },
    freeBytes() {
      // Needs --allow-sys=statfs in Deno; without it the reply says that nobody looked.
      try {
        const { bavail, bsize } = fs.statfsSync(directory);
        return bavail * bsize;
      } catch {
        return null;
      }
    },
  };
}
