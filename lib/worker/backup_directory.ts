// The place for backups on a file system, `<data>/backups/<plugin>/`.

import fs from "node:fs";
import { join } from "node:path";
import type { BackupPlace } from "../execute/backup.ts";
import { StorageError } from "../vfs/storage.ts";

/** Keeps backups in `directory`, which is made when the first one is written. */
export function backupDirectory(directory: string): BackupPlace {
  return {
    newFile(name) {
      try {
        fs.mkdirSync(directory, { recursive: true });
      } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "EIO";
        throw new StorageError(code, "create", directory, error);
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
