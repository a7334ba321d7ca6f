// Refuses bundles that no trusted publisher has signed. For browsers; most pages name no publisher
// and do not load it.

import { VERIFY } from "../../nats/publisher_key.ts";
import { trusted } from "../../source/bundle_signature.ts";
import type { ImportedBundle } from "../../source/bundle_source.ts";

/** The bundles, refused where none of the public `keys` has signed them. */
export function verifyBundles(
  imported: readonly ImportedBundle[],
  keys: readonly string[],
): readonly ImportedBundle[] {
  return imported.map((each) => trusted(each, { keys, verify: VERIFY }));
}
