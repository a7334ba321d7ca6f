// Signed bundles: a tampered byte, a wrong key and another plugin's signature are refused.

import * as assert from "uvu/assert";
import { bundleBytes, readBundleBytes } from "../../lib/source/bundle_bytes.ts";
import { createPublisherKey, publisherKey, sign, VERIFY } from "../../lib/nats/publisher_key.ts";
import { signedBytes, whyNotTrusted } from "../../lib/source/bundle_signature.ts";
import type { Bundle } from "../../lib/source/plugin_manifest.ts";
import { bundleOf } from "../rollout/test_fleet.ts";
import { suite } from "../support/suite.ts";

const signatures = suite("signatures of bundles");

const key = createPublisherKey();
const other = createPublisherKey();
const bundle = await bundleOf("game", { "001_a.sql": "-- UP\nSELECT 1;\n-- DOWN\nSELECT 1;\n" });
const signed = signedBy(key, bundle);
const TRUST = { keys: [key.publicKey], verify: VERIFY };

signatures("a bundle of a trusted publisher is taken", () => {
  assert.is(whyNotTrusted(signed, TRUST), null);
  assert.is(
    whyNotTrusted(signed, { keys: [other.publicKey, key.publicKey], verify: VERIFY }),
    null,
  );
  assert.is(whyNotTrusted(bundle, { keys: [], verify: VERIFY }), null);
});

signatures("one of several signatures is enough", () => {
  assert.is(whyNotTrusted(signedBy(key, signedBy(other, bundle)), TRUST), null);
});

const REFUSED: readonly (readonly [name: string, bundle: Bundle, words: string])[] = [
  ["a bundle without a signature", bundle, "is not signed"],
  ["a bundle of another publisher", signedBy(other, bundle), "none of the trusted publishers"],
  ["a file with another checksum", changed({ checksum: "0".repeat(64) }), "it was changed"],
  ["a file with another name", changed({ file: "002_a.sql" }), "it was changed"],
  ["a file less", { ...signed, files: [] }, "it was changed"],
  ["the signature of another plugin", { ...signed, name: "other" }, "of another plugin"],
  ["a signature of nothing", {
    ...bundle,
    signatures: [{ key: key.publicKey, signature: "A".repeat(86) + "==" }],
  }, "it was changed"],
];

for (const [name, refused, words] of REFUSED) {
  signatures(`${name} is refused`, () => {
    assert.match(whyNotTrusted(refused, TRUST) ?? "", words);
  });
}

signatures("a changed byte of the file is refused, or makes it no bundle", () => {
  const bytes = bundleBytes(signed);
  // A verification takes milliseconds; the step has no factor in common with the file's length.
  for (let index = 0; index < bytes.length; index += 13) {
    const tampered = bytes.slice();
    tampered[index] = (tampered[index] ?? 0) ^ 1;
    const read = readBundleBytes(tampered);
    if (!read.ok) continue;
    const { files: [file], name } = read.value;
    // The text is held against its checksum when it is read.
    const isText = file?.text !== bundle.files[0]?.text &&
      file?.checksum === bundle.files[0]?.checksum;
    assert.ok(isText || whyNotTrusted(read.value, TRUST) !== null, `byte ${index} of ${name}`);
  }
});

signatures("a key comes back from its seed, and a text that is none does not", () => {
  assert.equal(publisherKey(key.seed), key);
  assert.is(publisherKey("SUNOSEED"), null);
  assert.is(publisherKey(key.publicKey), null);
});

signatures.run();

function signedBy(by: typeof key, unsigned: Bundle): Bundle {
  const added = { key: by.publicKey, signature: sign(by, signedBytes(unsigned)) };
  return { ...unsigned, signatures: [...unsigned.signatures ?? [], added] };
}

function changed(file: Partial<Bundle["files"][number]>): Bundle {
  return { ...signed, files: signed.files.map((each) => ({ ...each, ...file })) };
}
