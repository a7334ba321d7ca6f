// The part of the browser's FileSystemDirectoryHandle that godwit uses, so that tests can bring their own.

/** A directory: a `FileSystemDirectoryHandle`, or what stands for it. */
export interface DirectoryHandle {
  readonly kind: "directory";
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<DirectoryHandle>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FileHandle>;
  removeEntry(name: string, options?: { recursive?: boolean }): Promise<void>;
  entries(): AsyncIterable<[string, DirectoryHandle | FileHandle]>;
}

/** A file: a `FileSystemFileHandle`, or what stands for it. */
export interface FileHandle {
  readonly kind: "file";
  getFile(): Promise<{ arrayBuffer(): Promise<ArrayBuffer> }>;
  createWritable(): Promise<WritableFile>;
}

/** What is written shows when it is closed, and not before. */
export interface WritableFile {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
}
