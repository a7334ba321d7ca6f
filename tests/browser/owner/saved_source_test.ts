// savedSource() and memorySource(): files that people drop onto the page.

import * as assert from "uvu/assert";
import { savedSource } from "../../../lib/browser/owner/saved_source.ts";
import { memorySource } from "../../../lib/browser/owner/memory_source.ts";
import { MemoryDirectory, PowerSupply } from "../../support/memory_directory.ts";
import { suite } from "../../support/suite.ts";
import { SAVED_SOURCE_CASES, savedFiles, savedTexts } from "./saved_source_cases.ts";

for (
  const [name, open] of [
    ["memorySource()", () => memorySource()],
    ["savedSource()", () => savedSource(new MemoryDirectory())],
  ] as const
) {
  const contract = suite(name);
  for (const each of SAVED_SOURCE_CASES) contract(each.name, () => each.run(open()));
  contract.run();
}

const saved = suite("savedSource() on storage");

const OLD = { "001_a.sql": "old", "002_b.sql": "old", "003_c.sql": "old" };
const NEW = { "001_a.sql": "new", "002_b.sql": "new", "004_d.sql": "new" };
const NONE = 'No files are saved for a plugin "quotes"; drop them onto the page';

saved("what was saved is there for the next tab, one generation of it", async () => {
  const directory = new MemoryDirectory();
  await savedSource(directory).save("quotes", savedFiles(OLD));
  await savedSource(directory).save("quotes", savedFiles(NEW));
  assert.equal(await savedTexts(savedSource(directory), "quotes"), NEW);
  assert.equal(directory.paths(), [
    "quotes/2/complete",
    "quotes/2/migrations/001_a.sql",
    "quotes/2/migrations/002_b.sql",
    "quotes/2/migrations/004_d.sql",
  ]);
  await savedSource(directory).delete("quotes");
  assert.equal(directory.paths(), []);
});

saved(
  "save() that is cut off anywhere leaves the old files or the new ones, never both",
  async () => {
    const seen = new Set<string>();
    for (let changes = 0;; changes++) {
      const power = new PowerSupply();
      const directory = new MemoryDirectory(power);
      await savedSource(directory).save("quotes", savedFiles(OLD));
      power.changesLeft = changes;
      const outcome = await savedSource(directory).save("quotes", savedFiles(NEW));
      const isFinished = power.changesLeft > 0;
      power.changesLeft = Infinity;
      const source = savedSource(directory);
      const found = await savedTexts(source, "quotes");
      assert.equal(found, outcome.ok ? NEW : OLD, `after ${changes} changes`);
      assert.equal(await source.plugins(), ["quotes"]);
      seen.add(JSON.stringify(found));
      // What was left behind is in nobody's way.
      await source.save("quotes", savedFiles(OLD));
      assert.equal(await savedTexts(source, "quotes"), OLD);
      assert.is(directory.paths().length, 4);
      if (isFinished) break;
    }
    assert.is(seen.size, 2);
  },
);

saved("delete() that is cut off anywhere leaves all files or none", async () => {
  for (let changes = 0;; changes++) {
    const power = new PowerSupply();
    const directory = new MemoryDirectory(power);
    await savedSource(directory).save("quotes", savedFiles(OLD));
    // Cut off before anything old is removed: two directories, three files of four changes each, and
    // `complete`. Both generations are complete then, and the old one must not come back.
    power.changesLeft = 2 + 3 * 4 + 1;
    await savedSource(directory).save("quotes", savedFiles(NEW));
    power.changesLeft = changes;
    await savedSource(directory).delete("quotes");
    const isFinished = power.changesLeft > 0;
    power.changesLeft = Infinity;
    const found = await savedTexts(savedSource(directory), "quotes");
    if (found !== NONE) assert.equal(found, NEW, `after ${changes} changes`);
    if (isFinished) {
      assert.is(found, NONE);
      break;
    }
  }
});

saved("a full disk is a message, and takes nothing", async () => {
  const directory = new MemoryDirectory();
  await savedSource(directory).save("quotes", savedFiles(OLD));
  const full = {
    kind: directory.kind,
    getDirectoryHandle: () => Promise.reject(new DOMException("full", "QuotaExceededError")),
    getFileHandle: () => Promise.reject(new DOMException("full", "QuotaExceededError")),
    removeEntry: () => Promise.resolve(),
    entries: () => directory.entries(),
  } as const;
  assert.equal(await savedSource(full).save("quotes", savedFiles(NEW)), {
    ok: false,
    code: "unavailable",
    message: 'Cannot save the files of "quotes": the browser gives this page no more space; ' +
      "delete files or databases stored here",
  });
  assert.match(
    String(await savedTexts(savedSource(full), "quotes")),
    /^Cannot read the files saved for "quotes": the browser gives/,
  );
  assert.equal(await savedTexts(savedSource(directory), "quotes"), OLD);
});

saved("what else lies there is passed over", async () => {
  const directory = new MemoryDirectory();
  await savedSource(directory).save("quotes", savedFiles(OLD));
  const quotes = await directory.getDirectoryHandle("quotes");
  await quotes.getFileHandle("9", { create: true });
  await quotes.getDirectoryHandle("latest", { create: true });
  await directory.getDirectoryHandle("Not A Plugin", { create: true });
  await directory.getDirectoryHandle("empty", { create: true });
  await directory.getFileHandle("file", { create: true });
  const source = savedSource(directory);
  assert.equal(await source.plugins(), ["quotes"]);
  assert.equal(await savedTexts(source, "quotes"), OLD);
});

saved.run();
