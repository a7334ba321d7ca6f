// Access to SQLite's files in the sandbox, outside of SQLite. Types alone.

/** The databases and backups of one plugin. */
export interface SandboxFiles {
  names(): readonly string[];
  /** The bytes of a file that no connection has open. */
  read(path: string): Uint8Array<ArrayBuffer>;
  delete(path: string): void;
}
