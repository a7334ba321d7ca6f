// combinedSource(): which of several sources serves a plugin.

import * as assert from "uvu/assert";
import { memorySource } from "../../lib/browser/owner/memory_source.ts";
import { bundleSource, readBundle } from "../../lib/source/bundle_source.ts";
import { type CombinedSource, combinedSource } from "../../lib/source/combined_source.ts";
import { migrationFile } from "../support/migration_file.ts";
import { bytesOf, loaded, promises } from "../support/source_cases.ts";
import { suite } from "../support/suite.ts";

const combined = suite("combinedSource()");

const ONE = migrationFile("CREATE TABLE a (x);", "DROP TABLE a;");
const TWO = migrationFile("CREATE TABLE b (x);", "DROP TABLE b;");

/** Files that are saved for `quotes` and `own`, before bundles of `quotes` and `trivia`. */
async function setting(): Promise<CombinedSource<"saved" | "bundle">> {
  const saved = memorySource();
  await saved.save("quotes", [{ file: "001_saved.sql", bytes: bytesOf(ONE) }]);
  await saved.save("own", [{ file: "001_own.sql", bytes: bytesOf(ONE) }]);
  const files = (await promises({ "001_bundled.sql": TWO })).map((each) => ({
    ...each,
    text: TWO,
  }));
  const bundles = ["quotes", "trivia"].map((name) =>
    readBundle(`https://edge.example/${name}.js`, {
      plugin: { format: 1, name, page: `./${name}.page.js`, files },
    })
  );
  return combinedSource([
    { origin: "saved", source: saved },
    { origin: "bundle", source: bundleSource(bundles) },
  ]);
}

combined("entries() asks each source once", async () => {
  let asked = 0;
  const saved = memorySource();
  const counting = {
    ...saved,
    plugins() {
      asked += 1;
      return saved.plugins();
    },
  };
  for (const plugin of ["quotes", "trivia"]) {
    await saved.save(plugin, [{ file: "001_saved.sql", bytes: bytesOf(ONE) }]);
  }
  const source = combinedSource([{ origin: "saved", source: counting }]);
  assert.equal((await source.entries()).map(({ name }) => name), ["quotes", "trivia"]);
  assert.is(asked, 1);
});

combined("plugins() names each once, in alphabetical order", async () => {
  assert.equal(await (await setting()).plugins(), ["own", "quotes", "trivia"]);
});

combined(
  "list() and entries() agree on the first source that has the plugin",
  async () => {
    const source = await setting();
    const found = async (plugin: string): Promise<unknown> => {
      const each = await loaded(source, plugin);
      const migrations = typeof each === "string" ? each : each.migrations;
      const entry = (await source.entries()).find(({ name }) => name === plugin);
      return [migrations, entry?.origin ?? null, entry?.page ?? null];
    };
    assert.equal(await found("own"), [["001_own.sql"], "saved", null]);
    assert.equal(await found("quotes"), [["001_saved.sql"], "saved", null]);
    const page = "https://edge.example/trivia.page.js";
    assert.equal(await found("trivia"), [["001_bundled.sql"], "bundle", page]);
    const nowhere = 'No files are saved for a plugin "none"; drop them onto the page; ' +
      'There is no bundle of the plugin "none"';
    assert.equal(await found("none"), [nowhere, null, null]);
  },
);

combined("a plugin that the first source cannot read is not taken from the second", async () => {
  const saved = memorySource();
  await saved.save("quotes", [{ file: "001_saved.sql", bytes: bytesOf(ONE) }]);
  const broken = {
    ...saved,
    list: () =>
      Promise.resolve({ found: false, reason: "unavailable", message: "Cannot read" } as const),
  };
  const source = combinedSource([
    { origin: "broken", source: broken },
    { origin: "saved", source: saved },
  ]);
  assert.is(await loaded(source, "quotes"), "Cannot read");
  assert.equal(await source.entries(), [{ name: "quotes", origin: "broken", page: null }]);
});

combined("without a source there is no plugin", async () => {
  const source = combinedSource([]);
  assert.equal(await source.plugins(), []);
  assert.is(await loaded(source, "a"), 'There is no plugin "a": there are no sources');
});

combined.run();
