// Loads bundles into the sandbox's worker. For browsers, where the policy allows modules of the page's own
// origin alone.

import { type ImportedBundle, readBundle } from "../../source/bundle_source.ts";

/** Imports every URL, absolute ones; one that cannot be loaded or is no bundle says so and harms no other. */
export function importBundles(urls: readonly string[]): Promise<readonly ImportedBundle[]> {
  return Promise.all(urls.map(importBundle));
}

async function importBundle(url: string): Promise<ImportedBundle> {
  let module: unknown;
  try {
    // Not a literal, so that bundlers leave it alone.
    module = await import(url);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, url, message: `Cannot load the bundle ${url}: ${reason}` };
  }
  return readBundle(url, module);
}
