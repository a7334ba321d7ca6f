// A bundle as bytes, as object stores have it. Runs anywhere.

import canonicalize from "canonicalize";
import type { Outcome } from "../outcome.ts";
import { type Bundle, parseBundle } from "./plugin_manifest.ts";

/** The bytes of a bundle in the object store. The same bundle makes the same bytes. */
export function bundleBytes(bundle: Bundle): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(canonicalize(bundle));
}

/** Reads the bytes of a bundle. */
export function readBundleBytes(bytes: Uint8Array): Outcome<Bundle, "bad-bundle"> {
  const refuse = (message: string): Outcome<Bundle, "bad-bundle"> => ({
    ok: false,
    code: "bad-bundle",
    message,
  });
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return refuse("The bundle is not JSON");
  }
  const parsed = parseBundle(json);
  return parsed.ok ? { ok: true, value: parsed.value } : refuse(`The bundle: ${parsed.message}`);
}
