// packText() and unpackText(): what the log stores of a file, and what it takes back.

import * as assert from "uvu/assert";
import { packText, unpackText } from "../../lib/history/file_text.ts";
import { MAX_FILE_BYTES } from "../../lib/migration/parse_migration.ts";
import { forAll } from "../support/random.ts";
import { suite } from "../support/suite.ts";

const texts = suite("file text");

texts("of any length comes back as it was", async () => {
  await forAll(50, async (random) => {
    const length = random.integer(0, 20_000);
    const text = Array.from(
      { length },
      () => random.pick(["a", "ß", "世", "🐦", "\r", "\n", "\uFEFF"]),
    )
      .join("");
    assert.is(await unpackText(await packText(text)), text);
  });
});

texts("stays readable where it is short, and shrinks where it is long", async () => {
  assert.is(await packText("-- UP"), "-- UP");
  const packed = await packText("INSERT INTO t VALUES (1);\n".repeat(10_000));
  assert.ok(packed instanceof Uint8Array && packed.length < 5_000);
});

texts("is refused where it is no text of a file", async () => {
  const bomb = await packText("x".repeat(MAX_FILE_BYTES + 1));
  const invalid = new Blob([new Uint8Array(5_000).fill(0xff)]).stream()
    .pipeThrough(new CompressionStream("deflate-raw"));
  const notText = new Uint8Array(await new Response(invalid).arrayBuffer());
  for (const stored of [null, 1, 1n, new Uint8Array([0xff, 0xff]), bomb, notText]) {
    assert.is(await unpackText(stored), null);
  }
});

texts.run();
