// parseBundle() and parseManifest(): nothing that a plugin says is believed.

import * as assert from "uvu/assert";
import { parseBundle, parseManifest } from "../../lib/source/plugin_manifest.ts";
import { suite } from "../support/suite.ts";

const manifests = suite("plugin manifests");

const CHECKSUM = "0".repeat(64);
const FILE = { file: "001_a.sql", checksum: CHECKSUM };
const PLUGIN = { name: "quotes", page: null, files: [FILE] };
const BUNDLE = { ...PLUGIN, format: 1, files: [{ ...FILE, text: "-- UP" }] };

manifests("parseBundle() and parseManifest() take what is right, and page may be left out", () => {
  const { page: _, ...withoutPage } = BUNDLE;
  assert.equal(parseBundle(withoutPage), { ok: true, value: BUNDLE });
  for (const page of ["./quotes.page.js", "quotes.page.js", "pages/quotes.mjs"]) {
    assert.equal(parseBundle({ ...BUNDLE, page }), { ok: true, value: { ...BUNDLE, page } });
  }
  const manifest = { format: 1, plugins: [PLUGIN] };
  assert.equal(parseManifest(manifest), { ok: true, value: manifest });
});

// A bundle, and what is wrong with it.
const WRONG: readonly (readonly [unknown, RegExp])[] = [
  [null, /^the whole: expected an object$/],
  [[], /./],
  [{ ...BUNDLE, format: 2 }, /^format: expected 1; another version of godwit made this$/],
  [{ ...BUNDLE, extra: 1 }, /^unknown key "extra"$/],
  [{ format: 1, name: "quotes" }, /^files is missing$/],
  [{ ...BUNDLE, name: "../quotes" }, /^name: a plugin name has 1 to 64 characters/],
  [{ ...BUNDLE, files: {} }, /^files: expected a list$/],
  [{ ...BUNDLE, files: [{ ...BUNDLE.files[0], size: 1 }] }, /^unknown key "files\.0\.size"$/],
  [{ ...BUNDLE, files: [FILE] }, /^files\.0\.text is missing$/],
  [{ ...BUNDLE, files: [...BUNDLE.files, ...BUNDLE.files] }, /^files: a file stands there twice$/],
  [
    { ...BUNDLE, files: [{ ...BUNDLE.files[0], checksum: "A".repeat(64) }] },
    /^files\.0\.checksum: expected 64 lower-case hex digits$/,
  ],
  ...[
    "../001_a.sql",
    "a/001_a.sql",
    "a\\001_a.sql",
    "001_a.txt",
    "001\n.sql",
    `${"a".repeat(252)}.sql`,
  ]
    .map((file) =>
      [
        { ...BUNDLE, files: [{ file, checksum: CHECKSUM, text: "" }] },
        /^files\.0\.file: a file's name ends in \.sql/,
      ] as const
    ),
  ...["https://x.example/a.js", "//x.example/a.js", "/a.js", "../a.js", "a.js?x", "data:,a.js", ""]
    .map((page) =>
      [{ ...BUNDLE, page }, /^page: expected a relative path of a \.js file/] as const
    ),
];

manifests("parseBundle() says what is wrong, unknown keys by name", () => {
  for (const [value, message] of WRONG) {
    const parsed = parseBundle(value);
    assert.match(parsed.ok ? `accepted ${JSON.stringify(value)}` : parsed.message, message);
  }
});

manifests("parseManifest() refuses a plugin that stands there twice, and text", () => {
  const twice = parseManifest({ format: 1, plugins: [PLUGIN, PLUGIN] });
  assert.equal(twice, { ok: false, message: "plugins: a plugin stands there twice" });
  const text = parseManifest({ format: 1, plugins: [{ ...PLUGIN, files: BUNDLE.files }] });
  assert.equal(text, { ok: false, message: 'unknown key "plugins.0.files.0.text"' });
});

manifests.run();
