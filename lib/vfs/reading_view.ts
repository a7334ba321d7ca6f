// What one connection sees of a database that it only reads: it may write, and nothing of that is
// kept. Runs anywhere.

import { overlayFile } from "./overlay_file.ts";
import {
  type DatabaseFile,
  openIfThere,
  type OpenMode,
  type Storage,
  type StorageFile,
} from "./storage.ts";

/** The files of one connection. Names are those of SQLite: a log ends in `-wal`. */
export interface FileView {
  open(path: string, mode: OpenMode): StorageFile;
  delete(path: string): void;
  sizeOf(path: string): number | null;
}

/**
 * Shows the files beside the database `path` as they are, and keeps what is written to them to
 * itself. A rollback journal is hidden where it is a living writer's: to SQLite it would look hot.
 */
export function readingView(
  storage: Storage,
  path: string,
  isJournalLive: () => boolean,
): FileView & { readonly database: (file: DatabaseFile) => DatabaseFile } {
  const own = new Map<string, StorageFile>();
  const deleted = new Set<string>();
  const openScratch = (): StorageFile => storage.openTemporary(path);

  const isVisible = (each: string): boolean =>
    !deleted.has(each) && !(isJournalLive() && each === `${path}-journal`);

  return {
    // Closed with the connection: SQLite opens the same log more than once.
    database: (file) => {
      const view = overlayFile(file, openScratch);
      return {
        ...view,
        lock: (access) => file.lock(access),
        close() {
          for (const each of own.values()) each.close();
          view.close();
        },
      };
    },
    open(each) {
      const known = own.get(each);
      if (known !== undefined) return { ...known, close() {} };
      const base = isVisible(each) ? openIfThere(storage, each) : null;
      const view = overlayFile(base, openScratch);
      deleted.delete(each);
      own.set(each, view);
      return { ...view, close() {} };
    },
    delete(each) {
      own.get(each)?.close();
      own.delete(each);
      deleted.add(each);
    },
    sizeOf(each) {
      const known = own.get(each);
      if (known !== undefined) return known.size();
      return isVisible(each) ? storage.sizeOf(each) : null;
    },
  };
}
