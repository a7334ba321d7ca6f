// The pure rooms run in a browser: bundled for one, they ask for nothing of Node or Deno.

import * as assert from "uvu/assert";
import { build, stop } from "esbuild";
import { suite } from "./support/suite.ts";

const rooms = suite("browser rooms");

const ROOMS = [
  "finding",
  "plan",
  "migration",
  "message",
  "fleet",
  "rule",
  "sqlite",
  "statement",
  "rehearsal",
  "rebuild",
  "suggestion",
  "history",
  "execution",
  "source",
  "handler",
];
/** Not the browser's way to the WASM, a source phase import; and what reads a file system. */
const DENO_ONLY = ["wasm_module.js", "wasm_module.d.ts", "directory_source.ts"];

function filesOf(room: string): readonly string[] {
  const directory = new URL(`../lib/${room}/`, import.meta.url);
  return [...Deno.readDirSync(directory)]
    .filter(({ name }) => /\.[jt]s$/.test(name) && !DENO_ONLY.includes(name))
    .map(({ name }) => new URL(name, directory).pathname);
}

for (const room of ROOMS) {
  rooms(`${room} imports nothing that a browser lacks`, async () => {
    const entryPoints = [...filesOf(room)];
    assert.ok(entryPoints.length > 0);
    const { metafile, outputFiles } = await build({
      entryPoints,
      bundle: true,
      platform: "browser",
      format: "esm",
      // Packages from npm are the browser build's affair; what matters here is godwit's own code.
      packages: "external",
      metafile: true,
      write: false,
      outdir: "out",
      logLevel: "silent",
    });
    for (const [input, { imports }] of Object.entries(metafile.inputs)) {
      for (const { path } of imports) {
        assert.not.match(path, /^node:|^nats|^comlink/, `${input} imports ${path}`);
      }
    }
    for (const { text, path } of outputFiles) {
      assert.not.match(text, /\bDeno\.|\bprocess\.|\brequire\(/, path);
    }
  });
}

rooms.after(() => stop());
rooms.run();
