// The licences of packages whose code is in a bundle, as these licences demand. For Deno.

import { dirname, join } from "node:path";
import * as v from "valibot";

const ManifestSchema = v.object({
  name: v.string(),
  version: v.string(),
  license: v.string(),
  homepage: v.optional(v.string(), ""),
});

/** Collects the licence texts of the packages that files belong to, each package once. */
export async function notices(files: readonly string[]): Promise<string> {
  const texts = new Map<string, string>();
  for (const directory of new Set(files.map(packageDirectory))) {
    const manifest: unknown = JSON.parse(await Deno.readTextFile(join(directory, "package.json")));
    const { name, version, license, homepage } = v.parse(ManifestSchema, manifest);
    // A package without the text names its licence alone.
    const text = await licenceText(directory) ?? `Licence: ${license}\n${homepage}`;
    texts.set(`${name} ${version}`, text);
  }
  return [...texts].toSorted(([one], [other]) => one < other ? -1 : 1)
    .map(([title, text]) => `${title}\n${"=".repeat(title.length)}\n\n${text.trim()}\n`)
    .join("\n\n");
}

/** The directory with the manifest that names a package; inner ones only set the module type. */
function packageDirectory(file: string): string {
  for (let directory = dirname(file); directory !== dirname(directory);) {
    try {
      const text = Deno.readTextFileSync(join(directory, "package.json"));
      if (v.is(ManifestSchema, JSON.parse(text))) return directory;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    directory = dirname(directory);
  }
  throw new Error(`${file} belongs to no package`);
}

async function licenceText(directory: string): Promise<string | null> {
  for await (const { name } of Deno.readDir(directory)) {
    if (/^(licen[cs]e|copying)/i.test(name)) return await Deno.readTextFile(join(directory, name));
  }
  return null;
}
