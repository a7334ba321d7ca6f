// Loads bundles into the sandbox's worker. For browsers; the policy allows modules of the page's
// own origin only.

import { reasonOf } from "../../outcome.ts";
import { type ImportedBundle, readBundle } from "../../source/bundle_source.ts";

/**
 * Imports bundles by absolute URLs. One that cannot be loaded, or is not a bundle, does not affect
 * the others.
 */
export function importBundles(urls: readonly string[]): Promise<readonly ImportedBundle[]> {
  return Promise.all(urls.map(importBundle));
}

async function importBundle(url: string): Promise<ImportedBundle> {
  let module: unknown;
  try {
    // Not a literal, so that bundlers do not resolve it.
    module = await import(url);
  } catch (error) {
    return { ok: false, url, message: `Cannot load the bundle ${url}: ${reasonOf(error)}` };
  }
  return readBundle(url, module);
}
