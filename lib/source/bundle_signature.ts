// What a publisher signs of a bundle, and whether a bundle is trusted. Runs anywhere; the room
// `nats` has the keys.

import canonicalize from "canonicalize";
import type { ImportedBundle } from "./bundle_source.ts";
import type { Bundle } from "./plugin_manifest.ts";

/** Verifies a signature of bytes; false where the key or the signature is none. */
export type VerifySignature = (key: string, bytes: Uint8Array, signature: string) => boolean;

/** Which bundles a consumer takes: any, or those that one of these publishers has signed. */
export interface BundleTrust {
  /** Public keys. */
  readonly keys: readonly string[];
  readonly verify: VerifySignature;
}

/**
 * The bytes that a publisher signs: the name of the plugin, its files and their checksums, by which
 * each text is checked when it is read. The name keeps the signature from serving another plugin.
 */
export function signedBytes({ format, name, page, files }: Bundle): Uint8Array<ArrayBuffer> {
  const signed = {
    purpose: "godwit-bundle",
    format,
    name,
    page,
    files: files.map(({ file, checksum }) => ({ file, checksum })),
  };
  return new TextEncoder().encode(canonicalize(signed));
}

/** Why a bundle is not trusted; `null` where it is, or where every bundle is taken. */
export function whyNotTrusted(bundle: Bundle, { keys, verify }: BundleTrust): string | null {
  if (keys.length === 0) return null;
  const { name, signatures = [] } = bundle;
  if (signatures.length === 0) {
    return `The bundle of "${name}" is not signed, and only bundles of trusted publishers are ` +
      `taken; sign it with: godwit bundle ${name} --sign KEYFILE`;
  }
  const trusted = signatures.filter(({ key }) => keys.includes(key));
  if (trusted.length === 0) {
    const by = signatures.map(({ key }) => key).join(", ");
    return `The bundle of "${name}" is signed by ${by}, which is none of the trusted publishers; ` +
      `name that key with --trust if you trust it`;
  }
  const bytes = signedBytes(bundle);
  if (trusted.some(({ key, signature }) => verify(key, bytes, signature))) return null;
  return `The bundle of "${name}" does not have what its publisher has signed: it was changed, or ` +
    `the signature is of another plugin; get it from its publisher again`;
}

/** A bundle, refused where it is not trusted. */
export function trusted(imported: ImportedBundle, trust: BundleTrust): ImportedBundle {
  const problem = imported.ok ? whyNotTrusted(imported.bundle, trust) : null;
  return problem === null
    ? imported
    : { ok: false, url: imported.url, message: `${imported.url}: ${problem}` };
}
