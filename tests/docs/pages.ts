// Which pages there are.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Page, parsePage } from "./page.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Reads every page of the documentation, in alphabetical order. */
export function readPages(): readonly Page[] {
  const paths = ["README.md", ...markdownIn("docs"), ...markdownIn("examples")];
  return paths.sort().map(readPage);
}

/** Whether carrying out a page takes long. */
export function isLongPage({ path }: Page): boolean {
  return path.startsWith("docs/guides/") ||
    ["docs/OPERATIONS.md", "docs/TROUBLESHOOTING.md", "examples/migrations/README.md"]
      .includes(path);
}

/** Reads one page; its path is relative to the repository. */
export function readPage(path: string): Page {
  return parsePage(path, Deno.readTextFileSync(join(ROOT, path)));
}

function markdownIn(directory: string): readonly string[] {
  return [...Deno.readDirSync(join(ROOT, directory))].flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory) return markdownIn(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}
