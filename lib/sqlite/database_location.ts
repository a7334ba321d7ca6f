// Where a database is, and how it is opened there. Runs anywhere.

/** An error of the storage under a database, named `StorageError`. */
export interface StorageFailure extends Error {
  /** Such as `ENOSPC`. */
  readonly code: string;
}

/** What a connection uses of the VFS under its database. */
export interface ConnectionVfs {
  /** Its name in SQLite. */
  readonly name: string;
  /** Takes the error that made SQLite's last call fail; `null` if the storage did not fail. */
  takeError(): StorageFailure | null;
  /** Throws where what was read may be mixed, or what was committed may not be seen by others. */
  verify(path: string): void;
}

/** The location of a database. */
export type DatabaseLocation =
  | { readonly kind: "memory" }
  | {
    readonly kind: "file";
    readonly vfs: ConnectionVfs;
    readonly path: string;
    /**
     * `read` keeps nothing of what is written; `copy` neither, of a file that no program writes to,
     * such as a backup; `create` writes, and makes a missing file; `replace` writes too, and takes
     * the contents for empty, so that a damaged database can be locked and replaced.
     */
    readonly access: "read" | "copy" | "create" | "replace";
  };

/** The name of a database with an access mode, for the VFS: https://sqlite.org/uri.html */
export function uriOf(path: string, access: "read" | "copy" | "new"): string {
  return `file:${path.split("/").map(encodeURIComponent).join("/")}?access=${access}`;
}
