// The sandbox's server: what it serves, with which headers, and what it does not.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { headersFor } from "../../lib/workbench/server/headers.ts";
import { listen } from "../../lib/workbench/server/serve.ts";
import { serveDirectory } from "../../lib/workbench/server/serve_directory.ts";
import { suite } from "../support/suite.ts";

const root = Deno.makeTempDirSync({ prefix: "godwit-serve-" });
const directory = join(root, "dist");
Deno.mkdirSync(join(directory, "plugins"), { recursive: true });
Deno.writeTextFileSync(join(root, "secret.txt"), "secret");
Deno.writeTextFileSync(join(directory, ".hidden"), "hidden");
Deno.writeTextFileSync(join(directory, "index.html"), "<!doctype html>");
Deno.writeTextFileSync(join(directory, "client.js"), "export {};");
Deno.writeTextFileSync(join(directory, "plugin_frame.html"), "<!doctype html>");
Deno.writeTextFileSync(join(directory, "plugins", "001_a.sql"), "-- UP");
const site = await listen(serveDirectory(directory), 0);

function ask(path: string, init?: RequestInit): Promise<Response> {
  return fetch(`http://127.0.0.1:${site.port}${path}`, init);
}

/** Asks for a path as it is; `fetch` would resolve its dots. */
async function askRaw(path: string, headers = ""): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: site.port });
  const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}Connection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  return await new Response(connection.readable).text();
}

const server = suite("serveDirectory()");

server.after(async () => {
  await site[Symbol.asyncDispose]();
  Deno.removeSync(root, { recursive: true });
});

server("serves files with their types", async () => {
  for (
    const [path, type] of [
      ["/", "text/html;charset=utf-8"],
      ["/client.js", "text/javascript"],
      ["/plugins/001_a.sql", "text/plain; charset=utf-8"],
    ] as const
  ) {
    const response = await ask(path);
    assert.is(response.status, 200, path);
    assert.is(response.headers.get("Content-Type"), type);
    await response.body?.cancel();
  }
});

server("sends every header with every response", async () => {
  for (
    const response of [
      await ask("/"),
      await ask("/client.js"),
      await ask("/missing.js"),
      await ask("/", { method: "POST" }),
      await ask("/", { method: "HEAD" }),
    ]
  ) {
    for (const [name, value] of Object.entries(headersFor("/"))) {
      assert.is(response.headers.get(name), value, name);
    }
    await response.body?.cancel();
  }
});

server("gives the frame of plugins a policy of its own", async () => {
  const { headers } = await ask("/plugin_frame.html");
  const policy = headers.get("Content-Security-Policy") ?? "";
  assert.match(policy, /^sandbox allow-scripts; default-src 'none';/);
  assert.not.match(policy, /connect-src|allow-same-origin|unsafe-eval/);
});

server("lets no page frame the sandbox, and runs no inline script in it", () => {
  const policy = headersFor("/")["Content-Security-Policy"] ?? "";
  assert.match(policy, /frame-ancestors 'none'/);
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.not.match(policy, /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|\*/);
});

server("answers what did not change with 304", async () => {
  const first = await ask("/client.js");
  const etag = first.headers.get("ETag") ?? "";
  assert.is(await first.text(), "export {};");
  const again = await ask("/client.js", { headers: { "If-None-Match": etag } });
  assert.is(again.status, 304);
  assert.is(again.headers.get("Cache-Control"), "no-cache");
  const other = await ask("/", { headers: { "If-None-Match": etag } });
  assert.is(other.status, 200);
  await other.body?.cancel();
});

server("lets browsers keep a part whose name tells its content, once it is there", async () => {
  const missing = await ask("/page.chunk-B4XLPKNL.js");
  assert.is(missing.headers.get("Cache-Control"), "no-cache");
  await missing.body?.cancel();
  Deno.writeTextFileSync(join(directory, "page.chunk-B4XLPKNL.js"), "export {};");
  const found = await ask("/page.chunk-B4XLPKNL.js");
  assert.is(found.headers.get("Cache-Control"), "public, max-age=31536000, immutable");
  await found.body?.cancel();
});

server("serves the compressed copy of a file to those that accept it", async () => {
  const text = "-- A note\n".repeat(200);
  const compressed = gzipSync(text);
  Deno.writeTextFileSync(join(directory, "notes.js"), text);
  Deno.writeFileSync(join(directory, "notes.js.gz"), compressed);
  const plain = await ask("/notes.js", { headers: { "Accept-Encoding": "identity" } });
  assert.is(plain.headers.get("Content-Encoding"), null);
  assert.is(await plain.text(), text);
  // `fetch` accepts gzip, and uncompresses it.
  const response = await ask("/notes.js");
  assert.is(response.headers.get("Vary"), "Accept-Encoding");
  assert.is(response.headers.get("Content-Type"), "text/javascript");
  assert.is(await response.text(), text);
  const raw = await askRaw("/notes.js", "Accept-Encoding: gzip\r\n");
  assert.match(raw, /Content-Encoding: gzip/i);
  assert.match(raw, new RegExp(`Content-Length: ${compressed.length}`, "i"));
});

server("answers HEAD without a body, and nothing but GET and HEAD", async () => {
  const head = await ask("/client.js", { method: "HEAD" });
  assert.is(head.status, 200);
  assert.is(head.headers.get("Content-Length"), "10");
  assert.is(await head.text(), "");
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const response = await ask("/client.js", { method });
    assert.is(response.status, 405, method);
    assert.is(response.headers.get("Allow"), "GET, HEAD");
  }
});

server("serves nothing from outside its directory, and nothing hidden", async () => {
  for (
    const path of [
      "/../secret.txt",
      "/..%2fsecret.txt",
      "/%2e%2e/secret.txt",
      "/plugins/..%5c..%5csecret.txt",
      "//secret.txt",
      "/plugins//001_a.sql",
      "/.hidden",
      "/plugins",
      "/plugins/",
      "/client.js/",
      "/client.js/x",
      "/client.js%00",
      `http://127.0.0.1:${site.port}/client.js`,
    ]
  ) {
    const response = await askRaw(path);
    assert.match(response, /^HTTP\/1.1 404 /, path);
    assert.not.match(response, /^secret$/m);
  }
});

server("serves no directory that holds a link", () => {
  const linked = join(root, "linked");
  Deno.mkdirSync(join(linked, "plugins"), { recursive: true });
  Deno.symlinkSync(join(root, "secret.txt"), join(linked, "plugins", "link.txt"));
  assert.throws(() => serveDirectory(linked), "link.txt is a link");
});

server("serves a build that is made while it runs", async () => {
  Deno.writeTextFileSync(join(directory, "client.js"), "export const newer = 1;");
  assert.is(await (await ask("/client.js")).text(), "export const newer = 1;");
});

server.run();
