// Runs in a page: the cases of saved files on the browser's own OPFS, and the import of a bundle.

import { importBundles } from "../../../lib/browser/owner/import_bundles.ts";
import { savedSource } from "../../../lib/browser/owner/saved_source.ts";
import { bundleSource } from "../../../lib/source/bundle_source.ts";
import { collectMigrations } from "../../../lib/source/collect_migrations.ts";
import { migrationSource } from "../../../lib/source/file_source.ts";
import { SAVED_SOURCE_CASES } from "./saved_source_cases.ts";

/** What the page tells the test, as JSON in its title. */
export interface SourcesReport {
  /** A line for each case: `ok` or what went wrong. */
  readonly cases: readonly string[];
  /** The files that a bundle has given, and what there was to say about the others. */
  readonly bundled: readonly string[];
  readonly page: string | null;
  readonly missing: string;
}

async function runCases(): Promise<readonly string[]> {
  const root = await navigator.storage.getDirectory();
  const lines: string[] = [];
  for (const [index, { name, run }] of SAVED_SOURCE_CASES.entries()) {
    const directory = await root.getDirectoryHandle(`case-${index}`, { create: true });
    try {
      await run(savedSource(directory));
      lines.push(`${name}: ok`);
    } catch (error) {
      lines.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return lines;
}

async function report(): Promise<SourcesReport> {
  const urls = ["trivia.bundle.js", "nowhere.bundle.js"].map((file) =>
    new URL(file, location.href).href
  );
  const imported = await importBundles(urls);
  const source = bundleSource(imported);
  const found = await migrationSource(source).find("trivia");
  const loaded = found.found ? await collectMigrations(found.files) : found.message;
  return {
    cases: await runCases(),
    bundled: typeof loaded === "string"
      ? [loaded]
      : [...loaded.migrations, ...loaded.findings].map(({ file }) => file ?? ""),
    page: await source.pageOf("trivia"),
    missing: imported.flatMap((each) => each.ok ? [] : [each.message]).join("\n"),
  };
}

document.title = JSON.stringify(await report());
