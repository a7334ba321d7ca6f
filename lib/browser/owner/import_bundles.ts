// Loads bundles into the sandbox's worker. For browsers; the policy allows modules of the page's
// own origin only.

import { reasonOf } from "../../outcome.ts";
import { type ImportedBundle, readBundle } from "../../source/bundle_source.ts";

/**
 * Imports bundles by absolute URLs. One that cannot be loaded, is not a bundle, or is not signed by
 * one of the trusted `keys`, where there are any, does not affect the others.
 */
export async function importBundles(
  urls: readonly string[],
  keys: readonly string[] = [],
): Promise<readonly ImportedBundle[]> {
  const imported = await Promise.all(urls.map(importBundle));
  if (keys.length === 0) return imported;
  // It brings the client of NATS, which most pages do not need.
  const { verifyBundles } = await import("./verify_bundles.ts");
  return verifyBundles(imported, keys);
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
