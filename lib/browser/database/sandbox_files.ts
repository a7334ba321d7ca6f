// The files that SQLite has in the sandbox, beside SQLite's own use of them. Runs anywhere.

/** Every database and backup of one plugin. */
export interface SandboxFiles {
  names(): readonly string[];
  /** The bytes of a file that no connection has open. */
  read(path: string): Uint8Array<ArrayBuffer>;
  delete(path: string): void;
}
