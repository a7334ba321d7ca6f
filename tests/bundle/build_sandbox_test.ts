// deno task build: what it writes, and that the client stays small.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as assert from "uvu/assert";
import { buildSandbox, CLIENT_LIMIT_BYTES } from "../../lib/bundle/build_sandbox.ts";
import { resolvePackages } from "../../lib/bundle/resolve_packages.ts";
import { suite } from "../support/suite.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));

const directory = Deno.makeTempDirSync({ prefix: "godwit-build-" });
const OLD_PARTS = ["sandbox_worker.old-ABCD2345.js", "database_worker.old-ABCD2345.js.map"];
const OWN_FILE = "own.html";
for (const name of [...OLD_PARTS, OWN_FILE]) Deno.writeTextFileSync(join(directory, name), "");
const result = await buildSandbox({
  directory,
  pluginsDir: join(EXAMPLES, "plugins"),
  pages: [join(EXAMPLES, "sandbox", "example.html")],
});

const build = suite("buildSandbox()");

build.after(() => Deno.removeSync(directory, { recursive: true }));

build("writes every file that a page loads, with its size", () => {
  const names = result.files.map(({ name }) => name);
  for (
    const name of [
      "client.js",
      "sandbox_worker.js",
      "database_worker.js",
      "sqlite3.js",
      "sqlite3.wasm",
      "index.html",
      "remedies.json",
      "page.js",
      "page_root.js",
      "page_worker.js",
      "editor.js",
      "page.css",
      "plugin_frame.html",
      "plugin_frame.js",
    ]
  ) {
    assert.ok(names.includes(name), name);
  }
  for (const { name, sizeBytes, gzipBytes } of result.files) {
    assert.is(Deno.statSync(join(directory, name)).size, sizeBytes, name);
    assert.ok(gzipBytes > 0 && gzipBytes < sizeBytes + 100, name);
  }
});

build("gives a page the sandbox, and the frame for plugins' own pages", async () => {
  const client = await import(join(directory, "client.js"));
  assert.equal(Object.keys(client).sort(), ["openPluginFrame", "openSandbox"]);
});

build("keeps the client under its limit", () => {
  assert.ok(result.clientGzipBytes > 0);
  assert.ok(result.clientGzipBytes <= CLIENT_LIMIT_BYTES, `${result.clientGzipBytes} bytes`);
});

build("leaves what generates and proves migrations to parts, which a page loads on demand", () => {
  const parts = result.files.map(({ name }) => name)
    .filter((name) => /^database_worker\.on_demand-/.test(name));
  assert.is(parts.length, 2);
  assert.equal(result.clientFiles.filter((name) => parts.includes(name)), []);
  assert.ok(result.clientFiles.some((name) => name.startsWith("database_worker.chunk-")));
  for (const name of ["page.js", "client.js", "sandbox_worker.js", "database_worker.js"]) {
    const text = Deno.readTextFileSync(join(directory, name));
    assert.not.match(text, /SQLite cannot alter this in place/, name);
  }
});

build("has a small script of the page, which starts the sandbox before the rest is loaded", () => {
  const text = Deno.readTextFileSync(join(directory, "page.js"));
  assert.match(text, /import\("\.\/page_root\.js"\)/);
  assert.ok(text.length < 4_000, `${text.length} characters`);
  const root = Deno.readTextFileSync(join(directory, "page_root.js"));
  assert.match(root, /import\("\.\/editor\.js"\)/);
  // CodeMirror and dagre are loaded later.
  assert.not.match(root, /cm-editor|rankdir/);
});

build("writes a compressed copy of every file", () => {
  for (const { name, gzipBytes } of result.files) {
    const compressed = Deno.readFileSync(join(directory, `${name}.gz`));
    assert.is(compressed.length, gzipBytes, name);
    assert.equal(gunzipSync(compressed).length, Deno.statSync(join(directory, name)).size, name);
  }
});

build("leaves SQLite's loader to its own file", () => {
  const worker = Deno.readTextFileSync(join(directory, "database_worker.js"));
  assert.match(worker, /from"\.\/sqlite3\.js"/);
});

build("removes the parts of an earlier build, and nothing that is not its own", () => {
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
  assert.equal(OLD_PARTS.filter((name) => names.includes(name)), []);
  assert.ok(names.includes(OWN_FILE));
  const parts = result.files.filter(({ name }) => /^sandbox_worker\..+\.js$/.test(name));
  assert.ok(parts.length > 0);
});

build("has the service worker installed anew where any file has changed that it keeps", () => {
  const worker = Deno.readTextFileSync(join(directory, "service_worker.js"));
  for (const name of ["./", "page.js", "database_worker.js", "plugin_frame.js", "sqlite3.wasm"]) {
    const kept = new RegExp(`"${RegExp.escape(name)}":"[0-9a-f]{16}"`);
    assert.match(worker, kept, name);
  }
});

build("writes a source map for every script", () => {
  for (const { name } of result.files.filter(({ name }) => name.endsWith(".js"))) {
    const map: unknown = JSON.parse(Deno.readTextFileSync(join(directory, `${name}.map`)));
    assert.ok(typeof map === "object" && map !== null && "sourcesContent" in map, name);
  }
});

build("builds a page from its HTML and the module of the same name", () => {
  const html = Deno.readTextFileSync(join(directory, "example.html"));
  assert.match(html, 'src="example.js"');
  assert.match(Deno.readTextFileSync(join(directory, "example.js")), /rollback/);
});

build("publishes the example plugins by a manifest and as bundles", async () => {
  const text = Deno.readTextFileSync(join(directory, "plugins", "manifest.json"));
  assert.match(text, /"name":"trivia","page":".\/trivia.page.js"/);
  assert.match(text, /"name":"quote-db","page":null/);
  const { plugin } = await import(join(directory, "plugins", "quote-db.bundle.js"));
  assert.is(plugin.name, "quote-db");
});

build("bundles packages, parts of packages, and packages without an export map", async () => {
  const problem = await problemOf(`
    import { signal } from "@preact/signals";
    import { useState } from "preact/hooks";
    import { wrap } from "comlink";
    console.log(signal, useState, wrap);
  `);
  assert.is(problem, null);
});

build("bundles no package that deno.json does not pin", async () => {
  for (const specifier of ["style-mod", "valibot/none", "node:fs"]) {
    assert.match(await problemOf(`import "${specifier}";`) ?? "", specifier);
  }
});

build.run();

/** Why a module of the project cannot be bundled; `null` where it can. */
async function problemOf(text: string): Promise<string | null> {
  try {
    await esbuild.build({
      stdin: { contents: text, resolveDir: import.meta.dirname ?? "", sourcefile: "module.ts" },
      bundle: true,
      write: false,
      format: "esm",
      logLevel: "silent",
      plugins: [resolvePackages(new Map())],
    });
    return null;
  } catch (error) {
    return String(error);
  } finally {
    await esbuild.stop();
  }
}
