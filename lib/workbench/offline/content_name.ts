// The names of files that never change. Pure; runs anywhere.

// As the build names the parts of split code: `page.chunk-B4XLPKNL.js`.
const PART = /\/[a-z_]+\.[a-z_]+-[A-Z0-9]{8}\.js$/;

/** Whether a path ends in a digest of the file's content, so that another content has another path. */
export function isNamedByContent(pathname: string): boolean {
  return PART.test(pathname);
}
