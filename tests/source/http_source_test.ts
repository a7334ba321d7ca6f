// httpSource() and httpManifest(): plugins on a server.

import * as assert from "uvu/assert";
import { parseManifest } from "../../lib/source/plugin_manifest.ts";
import { directorySource } from "../../lib/source/directory_source.ts";
import { httpManifest } from "../../lib/source/http_manifest.ts";
import { httpSource, MAX_MANIFEST_BYTES } from "../../lib/source/http_source.ts";
import { migrationFile } from "../support/migration_file.ts";
import { PluginServer } from "../support/plugin_server.ts";
import { loaded, promises, type Texts } from "../support/source_cases.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const ONE = migrationFile("CREATE TABLE a (x);", "DROP TABLE a;");
const TWO = migrationFile("CREATE TABLE b (x);", "DROP TABLE b;");
const FOLDER = "/plugins/quotes/migrations";
const BOTH = { migrations: ["001_a.sql", "002_b.sql"], findings: [], messages: [] };

/** Publishes a plugin `quotes` with these files. */
async function publish(server: PluginServer, texts: Texts, page?: string): Promise<void> {
  for (const [file, text] of Object.entries(texts)) server.put(`${FOLDER}/${file}`, text);
  const quotes = { name: "quotes", files: await promises(texts), page: page ?? null };
  server.putManifest({ format: 1, plugins: [quotes] });
}

const http = suite("httpSource()");

http("load() gives the migrations, and pageOf() a URL beside the manifest", async () => {
  await using server = new PluginServer();
  await publish(server, { "002_b.sql": TWO, "001_a.sql": ONE }, "./quotes/page.js");
  const source = httpSource(server.url, fetch);
  assert.is(await source.pageOf("quotes"), new URL("quotes/page.js", server.url).href);
  assert.is(await source.pageOf("nobody"), null);
  assert.equal(await source.plugins(), ["quotes"]);
  assert.equal(await loaded(source, "quotes"), BOTH);
  assert.is(await loaded(source, "nobody"), `There is no plugin "nobody" in ${server.url}`);
  assert.is(source.problem(), null);
});

http(
  "load() asks for the manifest each time, and for a file only when its checksum is new",
  async () => {
    await using server = new PluginServer();
    await publish(server, { "001_a.sql": ONE, "002_b.sql": TWO });
    const source = httpSource(server.url, fetch);
    await loaded(source, "quotes");
    server.asked.length = 0;
    assert.equal(await loaded(source, "quotes"), BOTH);
    assert.equal(server.asked, ["/plugins/manifest.json"]);
    // Renamed and with the same text: the checksum says that it is there already.
    await publish(server, { "001_renamed.sql": ONE, "002_b.sql": `${TWO}-- edited\n` });
    server.asked.length = 0;
    const expected = { ...BOTH, migrations: ["001_renamed.sql", "002_b.sql"] };
    assert.equal(await loaded(source, "quotes"), expected);
    assert.equal(server.asked, ["/plugins/manifest.json", `${FOLDER}/002_b.sql`]);
  },
);

http("memory holds what the manifest names and nothing else", async () => {
  await using server = new PluginServer();
  await publish(server, { "001_a.sql": ONE });
  const source = httpSource(server.url, fetch);
  await loaded(source, "quotes");
  await publish(server, { "001_a.sql": TWO });
  await loaded(source, "quotes");
  await publish(server, { "001_a.sql": ONE });
  server.asked.length = 0;
  await loaded(source, "quotes");
  assert.equal(server.asked, ["/plugins/manifest.json", `${FOLDER}/001_a.sql`]);
});

http("who asks at the same time is answered by one manifest", async () => {
  await using server = new PluginServer();
  await publish(server, { "001_a.sql": ONE });
  const source = httpSource(server.url, fetch);
  await Promise.all([source.plugins(), source.plugins(), source.pageOf("quotes")]);
  assert.equal(server.asked, ["/plugins/manifest.json"]);
  await source.plugins();
  assert.is(server.asked.length, 2);
});

http("load() fetches four files at a time and keeps their order", async () => {
  await using server = new PluginServer();
  const files = Array.from(
    { length: 20 },
    (_, index) => `${String(index + 1).padStart(3, "0")}_a.sql`,
  );
  await publish(
    server,
    Object.fromEntries(files.map((file, index) => [file, `${ONE}-- ${index}\n`])),
  );
  let running = 0;
  let most = 0;
  const counted: typeof fetch = async (...request) => {
    most = Math.max(most, ++running);
    try {
      return await fetch(...request);
    } finally {
      running -= 1;
    }
  };
  const found = await loaded(httpSource(server.url, counted), "quotes");
  assert.equal(typeof found === "string" ? found : found.migrations, files);
  assert.is(most, 4);
});

http(
  "load() holds a file against the manifest, and asks again for one that did not match",
  async () => {
    await using server = new PluginServer();
    await publish(server, { "001_a.sql": ONE });
    server.put(`${FOLDER}/001_a.sql`, TWO);
    const source = httpSource(server.url, fetch);
    const found = await loaded(source, "quotes");
    assert.equal(typeof found === "string" ? found : found.findings, [
      "manifest-mismatch 001_a.sql",
    ]);
    server.put(`${FOLDER}/001_a.sql`, ONE);
    assert.equal(await loaded(source, "quotes"), { ...BOTH, migrations: ["001_a.sql"] });
  },
);

http("load() makes a file that cannot be had a finding with status and URL", async () => {
  await using server = new PluginServer();
  await publish(server, { "001_a.sql": ONE, "002_b.sql": TWO });
  server.answers.delete(`${FOLDER}/002_b.sql`);
  const found = await loaded(httpSource(server.url, fetch), "quotes");
  if (typeof found === "string") throw new Error(found);
  assert.equal(found.migrations, ["001_a.sql"]);
  assert.equal(found.findings, ["unreadable-file 002_b.sql"]);
  assert.equal(found.messages, [
    "Cannot read 002_b.sql: the server answered 404 Not Found, at " +
    new URL("quotes/migrations/002_b.sql", server.url).href,
  ]);
});

http("load() stops reading a body that is too large", async () => {
  await using server = new PluginServer();
  await publish(server, { "001_a.sql": ONE });
  const cancelled = Promise.withResolvers<void>();
  const chunk = new Uint8Array(1024 * 1024);
  server.answers.set(`${FOLDER}/001_a.sql`, () =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(chunk),
        cancel: () => cancelled.resolve(),
      }),
    ));
  const found = await loaded(httpSource(server.url, fetch), "quotes");
  assert.equal(typeof found === "string" ? found : found.findings, ["file-too-large 001_a.sql"]);
  // Never comes where the rest is awaited.
  await cancelled.promise;
});

http("load() gives up on an answer that does not come", async () => {
  await using server = new PluginServer();
  await publish(server, { "001_a.sql": ONE });
  const never = Promise.withResolvers<Response>();
  server.answers.set(`${FOLDER}/001_a.sql`, () => never.promise);
  const found = await loaded(httpSource(server.url, fetch, { timeoutMs: 200 }), "quotes");
  never.resolve(new Response());
  assert.match(
    typeof found === "string" ? found : found.messages[0] ?? "",
    /^Cannot read 001_a\.sql: no answer within 200 ms, at http/,
  );
});

http("load() fetches a few files at a time", async () => {
  await using server = new PluginServer();
  const texts = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`${100 + index}_a.sql`, `${ONE}-- ${index}\n`]),
  );
  await publish(server, texts);
  let running = 0;
  let most = 0;
  for (const [file, text] of Object.entries(texts)) {
    server.answers.set(`${FOLDER}/${file}`, async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve));
      running--;
      return new Response(text);
    });
  }
  const found = await loaded(httpSource(server.url, fetch), "quotes");
  assert.equal(typeof found === "string" ? found : found.migrations, Object.keys(texts));
  assert.ok(most > 1 && most <= 6, String(most));
});

http("a server that is away changes nothing, and is not passed over in silence", async () => {
  await using server = new PluginServer();
  await publish(server, { "001_a.sql": ONE, "002_b.sql": TWO });
  const source = httpSource(server.url, fetch);
  await loaded(source, "quotes");
  await server.stop();
  assert.equal(await loaded(source, "quotes"), BOTH);
  assert.equal(await source.plugins(), ["quotes"]);
  assert.match(source.problem() ?? "", /^Cannot reach http[^]*; the last manifest stays in use$/);
  server.restart();
  assert.equal(await loaded(source, "quotes"), BOTH);
  assert.is(source.problem(), null);
  server.answers.set("/plugins/manifest.json", () => new Response("", { status: 503 }));
  assert.equal(await loaded(source, "quotes"), BOTH);
  assert.match(source.problem() ?? "", /the server answered 503/);
});

http("a file that is not in memory when the server is away is unreadable, not absent", async () => {
  await using server = new PluginServer();
  await publish(server, { "001_a.sql": ONE, "002_b.sql": TWO });
  server.answers.delete(`${FOLDER}/002_b.sql`);
  const source = httpSource(server.url, fetch);
  await loaded(source, "quotes");
  await server.stop();
  const found = await loaded(source, "quotes");
  assert.equal(typeof found === "string" ? found : found.findings, ["unreadable-file 002_b.sql"]);
  server.restart();
});

http("a manifest that cannot be had is a message", async () => {
  await using server = new PluginServer();
  const answers: readonly (readonly [() => Response, RegExp])[] = [
    [
      () => new Response("", { status: 404 }),
      /^Cannot load the manifest http.*: .* 404 Not Found$/,
    ],
    [() => new Response("", { status: 500 }), /^Cannot load the manifest http.*: .* 500/],
    [() => new Response("<html>"), / is not a manifest: it is not JSON in UTF-8$/],
    [() => new Response(new Uint8Array([0xff])), / is not a manifest: it is not JSON in UTF-8$/],
    [() => new Response('{"format":1,"plugins":[],"x":1}'), / is not a manifest: unknown key "x"$/],
    [() => new Response(new Uint8Array(MAX_MANIFEST_BYTES + 1)), /more than 4194304 bytes/],
  ];
  const source = httpSource(server.url, fetch);
  for (const [answer, message] of answers) {
    server.answers.set("/plugins/manifest.json", answer);
    assert.match(String(await loaded(source, "quotes")), message);
    assert.equal(await source.plugins(), []);
    assert.match(source.problem() ?? "", message);
  }
  // An answer counts, also after a good one: what is published no more is served no more.
  await publish(server, { "001_a.sql": ONE });
  assert.equal(await source.plugins(), ["quotes"]);
  server.answers.set("/plugins/manifest.json", () => new Response("", { status: 404 }));
  assert.match(String(await loaded(source, "quotes")), /404 Not Found$/);
});

http.run();

const manifests = suite("httpManifest()");

manifests("promises every file of a directory, in order, bad ones too", async () => {
  await using workspace = new Workspace();
  await using server = new PluginServer();
  const texts = { "002_b.sql": TWO, "001_a.sql": ONE, "x.sql": "not a migration" };
  workspace.write("quotes", texts);
  workspace.write("bad", { "001_a.sql": new Uint8Array([0xff]) });
  const pageOf = (plugin: string): string | null => plugin === "quotes" ? "./quotes/page.js" : null;
  const manifest = await httpManifest(directorySource(workspace.pluginsDir), pageOf);
  assert.ok(parseManifest(manifest).ok);
  assert.equal(manifest.plugins.map(({ name, page }) => [name, page]), [
    ["bad", null],
    ["quotes", "./quotes/page.js"],
  ]);
  const sorted = { "001_a.sql": ONE, "002_b.sql": TWO, "x.sql": "not a migration" };
  assert.equal(manifest.plugins[1]?.files, await promises(sorted));
  for (const [file, text] of Object.entries(texts)) server.put(`${FOLDER}/${file}`, text);
  server.answers.set(
    "/plugins/bad/migrations/001_a.sql",
    () => new Response(new Uint8Array([0xff])),
  );
  server.putManifest(manifest);
  const source = httpSource(server.url, fetch);
  const quotes = await loaded(source, "quotes");
  assert.equal(typeof quotes === "string" ? quotes : quotes.findings, ["file-name x.sql"]);
  const bad = await loaded(source, "bad");
  assert.equal(typeof bad === "string" ? bad : bad.findings, ["encoding 001_a.sql"]);
});

manifests.run();
