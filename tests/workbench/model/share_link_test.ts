// Links with the files of a plugin: what is written is read, and nothing else is.

import * as assert from "uvu/assert";
import {
  formatShareLink,
  isShareAddress,
  parseShareLink,
  type SharedFiles,
} from "../../../lib/workbench/model/share_link.ts";
import { suite } from "../../support/suite.ts";

const SHARED: SharedFiles = {
  format: 1,
  plugin: "quote-db",
  files: [{ file: "001_a.sql", text: "-- UP\nSELECT 'ä🐦';\n" }, { file: "b.sql", text: "" }],
  open: "b.sql",
};

const links = suite("parseShareLink()");

async function linkOf(value: unknown): Promise<string> {
  const deflated = new Blob([JSON.stringify(value)]).stream()
    .pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(deflated).arrayBuffer());
  return `#share=${bytes.toBase64({ alphabet: "base64url", omitPadding: true })}`;
}

links("reads what formatShareLink() writes", async () => {
  const link = await formatShareLink(SHARED);
  assert.ok(link.ok);
  assert.ok(isShareAddress(link.value));
  assert.match(link.value, /^#share=[\w-]+$/);
  assert.equal(await parseShareLink(link.value), { ok: true, value: SHARED });
});

links("refuses what is not of the form, cut, or too long", async () => {
  const { files, ...rest } = SHARED;
  const wrong: readonly unknown[] = [
    null,
    { ...SHARED, format: 2 },
    { ...SHARED, plugin: "../x" },
    { ...SHARED, more: 1 },
    { ...rest, files: [] },
    { ...rest, files: [...files, ...files] },
    { ...rest, files: [{ file: "a/b.sql", text: "" }], open: "a/b.sql" },
    { ...rest, files: [{ file: "a.sql", text: "x".repeat(1_000_001) }], open: "a.sql" },
    { ...SHARED, open: "nope.sql" },
  ];
  for (const value of wrong) {
    const read = await parseShareLink(await linkOf(value));
    assert.match(read.ok ? "opened" : read.message, /something else/, JSON.stringify(value));
  }
  const whole = await linkOf(SHARED);
  for (const hash of [whole.slice(0, -9), `${whole.slice(0, 20)}~`, "#share=AAAA"]) {
    const read = await parseShareLink(hash);
    assert.match(read.ok ? "opened" : read.message, /missing or changed/, hash);
  }
  const long = await parseShareLink(`#share=${"A".repeat(200_000)}`);
  assert.match(long.ok ? "opened" : long.message, /too long/);
});

links("a few bytes that inflate to many are not opened", async () => {
  const bomb = await linkOf("x".repeat(40_000_000));
  assert.ok(bomb.length < 100_000);
  assert.is((await parseShareLink(bomb)).ok, false);
});

links("formatShareLink() refuses files that no link can have", async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(60_000)).toHex();
  const refused = await formatShareLink({
    ...SHARED,
    files: [{ file: "b.sql", text: bytes + bytes }],
  });
  assert.match(refused.ok ? "" : refused.message, /too many for a link/);
});

links.run();
