// Files with a publisher's key. For Deno.

import { readFile, writeFile } from "node:fs/promises";
import { createPublisherKey, publisherKey, sign } from "../../nats/publisher_key.ts";
import { codeOf, type Outcome } from "../../outcome.ts";
import { signedBytes } from "../../source/bundle_signature.ts";
import type { Bundle } from "../../source/plugin_manifest.ts";

/** Makes a key and writes it to a new file that its owner alone can read. */
export async function makeKeyFile(path: string): Promise<Outcome<string, "key-file">> {
  const { seed, publicKey } = createPublisherKey();
  try {
    await writeFile(path, `${seed}\n`, { flag: "wx", mode: 0o600 });
    return { ok: true, value: publicKey };
  } catch (error) {
    const code = codeOf(error);
    const way = code === "EEXIST" ? "; a key is never replaced: name another file" : "";
    return { ok: false, code: "key-file", message: `Cannot write ${path}: ${code}${way}` };
  }
}

/** A function that signs bundles with the key of a file; without a file it leaves them as they are. */
export async function signerOf(
  path: string | undefined,
): Promise<Outcome<(bundle: Bundle) => Bundle, "key-file">> {
  if (path === undefined) return { ok: true, value: (bundle) => bundle };
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    return {
      ok: false,
      code: "key-file",
      message: `Cannot read the key file ${path}: ${
        codeOf(error)
      }; make one with: godwit key ${path}`,
    };
  }
  const key = publisherKey(text.trim());
  if (key === null) {
    const message = `${path} has no publisher's key, which begins with SU; make one with: ` +
      `godwit key FILE`;
    return { ok: false, code: "key-file", message };
  }
  return {
    ok: true,
    value: (bundle) => ({
      ...bundle,
      signatures: [
        ...bundle.signatures ?? [],
        { key: key.publicKey, signature: sign(key, signedBytes(bundle)) },
      ],
    }),
  };
}
