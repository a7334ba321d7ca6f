// bundleSource() and importBundles(): plugins as ES modules.

import * as assert from "uvu/assert";
import { importBundles } from "../../lib/browser/owner/import_bundles.ts";
import { bundleSource, readBundle } from "../../lib/source/bundle_source.ts";
import { migrationFile } from "../support/migration_file.ts";
import { bytesOf, filesRead, loaded, promises, type Texts } from "../support/source_cases.ts";
import { suite } from "../support/suite.ts";

const bundles = suite("bundleSource()");

const ONE = migrationFile("CREATE TABLE a (x);", "DROP TABLE a;");
const TWO = migrationFile("CREATE TABLE b (x);", "DROP TABLE b;");
const URL_OF_QUOTES = "https://edge.example/plugins/quotes.bundle.js";

async function moduleOf(
  name: string,
  texts: Texts,
  more: object = {},
): Promise<{ plugin: object }> {
  const files = (await promises(texts)).map((each) => ({ ...each, text: texts[each.file] }));
  return { plugin: { format: 1, name, page: null, files, ...more } };
}

bundles("load() gives the migrations, and pageOf() a URL beside the module", async () => {
  const page = "./quotes.page.js";
  const module = await moduleOf("quotes", { "001_a.sql": ONE, "002_b.sql": TWO }, { page });
  const source = bundleSource([
    readBundle("https://edge.example/z.js", await moduleOf("zoo", { "001_a.sql": ONE })),
    readBundle(URL_OF_QUOTES, module),
  ]);
  assert.equal(await source.plugins(), ["quotes", "zoo"]);
  const expected = { migrations: ["001_a.sql", "002_b.sql"], findings: [], messages: [] };
  assert.equal(await loaded(source, "quotes"), expected);
  assert.is(await source.pageOf("quotes"), "https://edge.example/plugins/quotes.page.js");
  assert.is(await source.pageOf("zoo"), null);
  assert.is(await source.pageOf("nobody"), null);
});

bundles("load() makes a file that is not what was promised an error on that file", async () => {
  const files = await promises({ "001_a.sql": ONE, "002_b.sql": TWO, "003_c.sql": "promised" });
  const texts = [ONE, `${TWO}DROP TABLE a;\n`, "no markers"];
  const changed = { files: files.map((each, index) => ({ ...each, text: texts[index] })) };
  const source = bundleSource([readBundle(URL_OF_QUOTES, await moduleOf("quotes", {}, changed))]);
  const found = await loaded(source, "quotes");
  if (typeof found === "string") throw new Error(found);
  assert.equal(found.migrations, ["001_a.sql"]);
  assert.equal(found.findings, [
    "manifest-mismatch 002_b.sql",
    "manifest-mismatch 003_c.sql",
    "marker-missing 003_c.sql",
    "marker-missing 003_c.sql",
  ]);
  assert.match(
    found.messages[0] ?? "",
    /^002_b\.sql does not match the checksum in its manifest; /,
  );
  // The text can be shown all the same.
  assert.equal((await filesRead(source, "quotes"))[2], {
    file: "003_c.sql",
    bytes: bytesOf("no markers"),
    promised: files[2]?.checksum,
  });
});

bundles("load() takes a text with other line ends or a byte order mark as the same", async () => {
  const files = await promises({ "001_a.sql": ONE });
  const text = `\uFEFF${ONE.replaceAll("\n", "\r\n")}`;
  const changed = { files: files.map((each) => ({ ...each, text })) };
  const source = bundleSource([readBundle(URL_OF_QUOTES, await moduleOf("quotes", {}, changed))]);
  const expected = { migrations: ["001_a.sql"], findings: [], messages: [] };
  assert.equal(await loaded(source, "quotes"), expected);
});

bundles("of two bundles of one plugin the first counts", async () => {
  const source = bundleSource([
    readBundle("https://one.example/", await moduleOf("quotes", { "001_a.sql": ONE })),
    readBundle("https://two.example/", await moduleOf("quotes", { "002_b.sql": TWO })),
  ]);
  assert.equal(await source.plugins(), ["quotes"]);
  const found = await loaded(source, "quotes");
  assert.equal(typeof found === "string" ? found : found.migrations, ["001_a.sql"]);
});

bundles("readBundle() refuses what is not a bundle, and names the URL", async () => {
  const { plugin } = await moduleOf("quotes", { "001_a.sql": ONE });
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [null, /it is not a module/],
    [{}, /it exports no "plugin"/],
    [{ plugin, default: 1 }, /it exports "default" beside "plugin"/],
    [{ plugin: { ...plugin, extra: 1 } }, /unknown key "extra"/],
  ];
  for (const [module, reason] of cases) {
    const read = readBundle(URL_OF_QUOTES, module);
    const message = read.ok ? "accepted" : read.message;
    assert.ok(message.startsWith(`${URL_OF_QUOTES} is not a bundle: `), message);
    assert.match(message, reason);
    assert.match(message, /; make one with: godwit bundle <plugin>$/);
  }
});

bundles("importBundles() loads what it can, without the others", async () => {
  const asUrl = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`;
  const { plugin } = await moduleOf("quotes", { "001_a.sql": ONE });
  const missing = new URL("nowhere.bundle.js", import.meta.url).href;
  const imported = await importBundles([
    missing,
    asUrl("export const other = 1;"),
    asUrl("throw new Error('no')"),
    asUrl(`export const plugin = ${JSON.stringify(plugin)};`),
  ]);
  assert.equal(imported.map(({ ok }) => ok), [false, false, false, true]);
  const source = bundleSource(imported);
  assert.equal(await source.plugins(), ["quotes"]);
  const found = await loaded(source, "trivia");
  assert.type(found, "string");
  assert.match(
    String(found),
    /^There is no bundle of the plugin "trivia"; Cannot load the bundle /,
  );
  assert.ok(String(found).includes(missing));
  assert.match(String(found), /it exports no "plugin"/);
});

bundles.run();
