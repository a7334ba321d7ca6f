// Runs in a page: the cases of saved files on the browser's own OPFS, and the import of a bundle.

import { importBundles } from "../../../lib/browser/owner/import_bundles.ts";
import { savedSource } from "../../../lib/browser/owner/saved_source.ts";
import { createPublisherKey, VERIFY } from "../../../lib/nats/publisher_key.ts";
import { trusted } from "../../../lib/source/bundle_signature.ts";
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
  /** Whether the bundle is taken: by its publisher's key, by another, and with a byte changed. */
  readonly trusted: readonly boolean[];
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

/** The key is in the address of the page. */
async function trust(urls: readonly string[]): Promise<readonly boolean[]> {
  const key = location.search.slice(1);
  const [[byKey], [byOther]] = await Promise.all([
    importBundles(urls, [key]),
    importBundles(urls, [createPublisherKey().publicKey]),
  ]);
  if (byKey?.ok !== true) return [false];
  const { bundle, url } = byKey;
  const files = bundle.files.map((file) => ({ ...file, checksum: "0".repeat(64) }));
  const changed = { ok: true, url, bundle: { ...bundle, files } } as const;
  return [true, byOther?.ok ?? true, trusted(changed, { keys: [key], verify: VERIFY }).ok];
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
    trusted: await trust(urls.slice(0, 1)),
    missing: imported.flatMap((each) => each.ok ? [] : [each.message]).join("\n"),
  };
}

document.title = JSON.stringify(await report());
