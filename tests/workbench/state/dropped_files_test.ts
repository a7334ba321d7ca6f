// filesOfInput(): what is read of the files that somebody chose.

import * as assert from "uvu/assert";
import { filesOfInput } from "../../../lib/workbench/state/files.ts";
import { MAX_SAVED_BYTES } from "../../../lib/browser/owner/saved_files.ts";
import { suite } from "../../support/suite.ts";

const chosen = suite("filesOfInput()");

/** A file of a size, without its bytes. */
function fileOf(name: string, sizeBytes: number): File {
  const file = new File([], name);
  Object.defineProperty(file, "size", { value: sizeBytes });
  return file;
}

chosen("reads SQL, and names everything else without reading it", async () => {
  const brought = await filesOfInput([
    new File(["-- UP"], "001_a.sql"),
    fileOf("film.mp4", 10 * MAX_SAVED_BYTES),
  ]);
  assert.equal(brought, {
    ok: true,
    files: [
      { path: "001_a.sql", bytes: new TextEncoder().encode("-- UP") },
      { path: "film.mp4", bytes: new Uint8Array() },
    ],
  });
});

chosen("takes everything or nothing, and says what the most is", async () => {
  const half = MAX_SAVED_BYTES / 2;
  const large = [fileOf("001_a.sql", half), fileOf("002_b.sql", half)];
  assert.ok((await filesOfInput(large)).ok);
  const larger = await filesOfInput([...large, fileOf("003_c.sql", 1)]);
  assert.match(larger.ok ? "" : larger.message, "drop the folder of one plugin");
  const many = Array.from({ length: 5_001 }, (_, index) => fileOf(`${index}.txt`, 1));
  assert.ok((await filesOfInput(many.slice(1))).ok);
  assert.not.ok((await filesOfInput(many)).ok);
});

chosen.run();
