// keptSource() and memorySource(): files that people drop onto the page.

import * as assert from "uvu/assert";
import { keptSource } from "../../../lib/browser/owner/kept_source.ts";
import { memorySource } from "../../../lib/browser/owner/memory_source.ts";
import { MemoryDirectory, PowerSupply } from "../../support/memory_directory.ts";
import { suite } from "../../support/suite.ts";
import { KEPT_SOURCE_CASES, keptFiles, keptTexts } from "./kept_source_cases.ts";

for (
  const [name, open] of [
    ["memorySource()", () => memorySource()],
    ["keptSource()", () => keptSource(new MemoryDirectory())],
  ] as const
) {
  const contract = suite(name);
  for (const each of KEPT_SOURCE_CASES) contract(each.name, () => each.run(open()));
  contract.run();
}

const kept = suite("keptSource() on storage");

const OLD = { "001_a.sql": "old", "002_b.sql": "old", "003_c.sql": "old" };
const NEW = { "001_a.sql": "new", "002_b.sql": "new", "004_d.sql": "new" };
const NONE = 'No files are saved for a plugin "quotes"; drop them onto the page';

kept("what was kept is there for the next tab, one generation of it", async () => {
  const directory = new MemoryDirectory();
  await keptSource(directory).keep("quotes", keptFiles(OLD));
  await keptSource(directory).keep("quotes", keptFiles(NEW));
  assert.equal(await keptTexts(keptSource(directory), "quotes"), NEW);
  assert.equal(directory.paths(), [
    "quotes/2/complete",
    "quotes/2/migrations/001_a.sql",
    "quotes/2/migrations/002_b.sql",
    "quotes/2/migrations/004_d.sql",
  ]);
  await keptSource(directory).forget("quotes");
  assert.equal(directory.paths(), []);
});

kept(
  "keep() that is cut off anywhere leaves the old files or the new ones, never both",
  async () => {
    const seen = new Set<string>();
    for (let changes = 0;; changes++) {
      const power = new PowerSupply();
      const directory = new MemoryDirectory(power);
      await keptSource(directory).keep("quotes", keptFiles(OLD));
      power.changesLeft = changes;
      const outcome = await keptSource(directory).keep("quotes", keptFiles(NEW));
      const isFinished = power.changesLeft > 0;
      power.changesLeft = Infinity;
      const source = keptSource(directory);
      const found = await keptTexts(source, "quotes");
      assert.equal(found, outcome.ok ? NEW : OLD, `after ${changes} changes`);
      assert.equal(await source.plugins(), ["quotes"]);
      seen.add(JSON.stringify(found));
      // What was left behind is in nobody's way.
      await source.keep("quotes", keptFiles(OLD));
      assert.equal(await keptTexts(source, "quotes"), OLD);
      assert.is(directory.paths().length, 4);
      if (isFinished) break;
    }
    assert.is(seen.size, 2);
  },
);

kept("forget() that is cut off anywhere leaves all files or none", async () => {
  for (let changes = 0;; changes++) {
    const power = new PowerSupply();
    const directory = new MemoryDirectory(power);
    await keptSource(directory).keep("quotes", keptFiles(OLD));
    // Cut off before anything old is removed: two directories, three files of four changes each, and
    // `complete`. Both generations are complete then, and the old one must not come back.
    power.changesLeft = 2 + 3 * 4 + 1;
    await keptSource(directory).keep("quotes", keptFiles(NEW));
    power.changesLeft = changes;
    await keptSource(directory).forget("quotes");
    const isFinished = power.changesLeft > 0;
    power.changesLeft = Infinity;
    const found = await keptTexts(keptSource(directory), "quotes");
    if (found !== NONE) assert.equal(found, NEW, `after ${changes} changes`);
    if (isFinished) {
      assert.is(found, NONE);
      break;
    }
  }
});

kept("a full disk is a message, and takes nothing", async () => {
  const directory = new MemoryDirectory();
  await keptSource(directory).keep("quotes", keptFiles(OLD));
  const full = {
    kind: directory.kind,
    getDirectoryHandle: () => Promise.reject(new DOMException("full", "QuotaExceededError")),
    getFileHandle: () => Promise.reject(new DOMException("full", "QuotaExceededError")),
    removeEntry: () => Promise.resolve(),
    entries: () => directory.entries(),
  } as const;
  assert.equal(await keptSource(full).keep("quotes", keptFiles(NEW)), {
    ok: false,
    code: "unavailable",
    message: 'Cannot save the files of "quotes": the browser gives this page no more space; ' +
      "delete files or databases stored here",
  });
  assert.match(
    String(await keptTexts(keptSource(full), "quotes")),
    /^Cannot read the files saved for "quotes": the browser gives/,
  );
  assert.equal(await keptTexts(keptSource(directory), "quotes"), OLD);
});

kept("what else lies there is passed over", async () => {
  const directory = new MemoryDirectory();
  await keptSource(directory).keep("quotes", keptFiles(OLD));
  const quotes = await directory.getDirectoryHandle("quotes");
  await quotes.getFileHandle("9", { create: true });
  await quotes.getDirectoryHandle("latest", { create: true });
  await directory.getDirectoryHandle("Not A Plugin", { create: true });
  await directory.getDirectoryHandle("empty", { create: true });
  await directory.getFileHandle("file", { create: true });
  const source = keptSource(directory);
  assert.equal(await source.plugins(), ["quotes"]);
  assert.equal(await keptTexts(source, "quotes"), OLD);
});

kept.run();
