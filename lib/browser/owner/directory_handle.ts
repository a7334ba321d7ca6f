// The part of the browser's FileSystemDirectoryHandle that godwit uses, so that tests can implement
// it. Types alone.

/** A directory: a `FileSystemDirectoryHandle`, or a replacement. */
export interface DirectoryHandle {
  readonly kind: "directory";
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<DirectoryHandle>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FileHandle>;
  removeEntry(name: string, options?: { recursive?: boolean }): Promise<void>;
  entries(): AsyncIterable<[string, DirectoryHandle | FileHandle]>;
}

/** A file: a `FileSystemFileHandle`, or a replacement. */
export interface FileHandle {
  readonly kind: "file";
  getFile(): Promise<{ arrayBuffer(): Promise<ArrayBuffer> }>;
  createWritable(): Promise<WritableFile>;
}

/** A writable stream. Written bytes become visible when it is closed. */
export interface WritableFile {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
}
