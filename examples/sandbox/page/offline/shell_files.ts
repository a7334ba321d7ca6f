// The files that the page cannot be opened without. Pure; runs anywhere.

/** Relative to the page; a test holds them against what is built. */
export const SHELL_FILES: readonly string[] = [
  "./",
  "page.js",
  "page.css",
  "sandbox_worker.js",
  "database_worker.js",
  "sqlite3.js",
  "sqlite3.wasm",
  "plugin_frame.html",
  "plugin_frame.js",
];
