// The TypeScript of pages and of documentation comments as files, which one `deno check` of everything
// looks at: godwit, which each of them imports, is what takes time.

import { basename, join } from "node:path";
import manifest from "../../deno.json" with { type: "json" };
import { readApi } from "./api_documentation.ts";
import { readPages } from "./pages.ts";

const ROOT = new URL("../../", import.meta.url).href;

/** Writes them into a directory; the paths of the files. */
export async function writeExamples(directory: string): Promise<readonly string[]> {
  const write = (file: string, text: string): string => {
    const path = join(directory, file);
    // Those of pages are in the repository's root.
    Deno.writeTextFileSync(path, text.replaceAll('from "./', `from "${ROOT}`));
    return path;
  };
  const entries = await Promise.all(Object.values(manifest.exports).map(readApi));
  return [
    ...entries.flatMap(({ entry, examples }) =>
      examples.map((text, index) => write(`${entry.replaceAll(/\W/g, "_")}_${index}.ts`, text))
    ),
    ...readPages().flatMap((page) =>
      page.blocks.flatMap((block) =>
        block.kind === "code" && block.language === "ts"
          ? [write(`${basename(page.path, ".md")}_line_${block.line}.ts`, block.text)]
          : []
      )
    ),
  ];
}
