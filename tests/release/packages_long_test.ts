// The npm packages, installed into an empty directory on a machine without Deno, and used there.

import { build, stop } from "esbuild";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { listen } from "../../lib/workbench/server/serve.ts";
import { serveDirectory } from "../../lib/workbench/server/serve_directory.ts";
import { openChromium } from "../support/browser.ts";
import { InstalledPackages } from "../support/installed_package.ts";
import { suite } from "../support/suite.ts";

const BAD_FILE = "-- UP\nALTER TABLE notes DROP COLUMN body;\n\n-- DOWN\n";

/** A page as its author writes it; the workers lie beside the bundle. */
const PAGE = `
import { openSandbox, type Reply } from "@godwit/godwit/browser";

const sandbox = await openSandbox({
  workerUrl: "./sandbox_worker.js",
  bundles: ["./notes.bundle.js"],
});
const reply: Reply = await sandbox.request("apply", "notes", "{}");
console.log("reply:", reply.success ? "applied" : reply.message);
await sandbox.close();
`;

/** A program for Deno. */
const PROGRAM = `
import { openMigrator, type Reply } from "@godwit/godwit";
import { VERBS } from "@godwit/godwit/message";

await using migrator = await openMigrator({ plugins: "plugins", data: "data" });
const reply: Reply = await migrator.status("notes");
console.log(reply.success, Object.keys(VERBS).includes("apply"));
`;

const RUN = ["run", "--quiet", "--allow-read", "--allow-write"];

/** In the place of Deno: shows what it was started with, and ends as it is told. */
const STUB = `#!/bin/sh
printf '%s\\n' "$@"
export -p
test -z "$GODWIT_DATA" || exit 7
trap 'exit 9' TERM
echo waiting
while :; do sleep 0.05; done
`;

const packages = suite("packages");

const installed = await InstalledPackages.make();
const deno = join(installed.directory, "node_modules", "deno", "deno");

packages.after(() => installed[Symbol.dispose]());

packages("there is no Deno on the PATH", async () => {
  const { code } = await installed.run("sh", ["-c", "command -v deno"]);
  assert.is.not(code, 0);
});

packages("demo shows the main job", async () => {
  const { code, stdout, stderr } = await installed.run("npx", ["--no-install", "godwit", "demo"]);
  assert.is(code, 0, stdout + stderr);
  assert.match(stderr, /✗ MIGRATION_FAILED .*003_delete_knuth\.sql failed and was undone/);
  assert.match(stdout, /! 3 rows of votes lost/);
  assert.match(stdout, /✓ quotes: restored [^]* {2}votes: 2 rows → 5 rows/);
});

packages("new makes a plugin that can be checked, applied and bundled", async () => {
  const made = await installed.godwit("new", "notes", "create notes");
  assert.is(made.stdout, "plugins/notes/migrations/001_create_notes.sql\n", made.stderr);
  const check = await installed.godwit("check", "notes");
  assert.is(check.stdout, "✓ notes: 1 migration\n", check.stderr);
  const apply = await installed.godwit("apply", "notes");
  assert.match(apply.stdout, /^✓ notes: applied 1 migration, version 0 → 1/, apply.stderr);
  const bundle = await installed.godwit("bundle", "notes", "--out", "page/notes.bundle.js");
  assert.match(bundle.stdout, /^✓ notes: 1 migration\n/, bundle.stderr);
});

packages("check fails on a plugin with an error", async () => {
  installed.write("bad/notes/migrations/001_bad.sql", BAD_FILE);
  const { code, stdout } = await installed.godwit("check", "--plugins", "bad");
  assert.is(code, 1);
  assert.match(stdout, /^✗ notes: 1 migration, \d+ errors?/);
});

packages("a wrong command line exits with 2, and Deno is given nothing for it", async () => {
  const { code, stderr } = await installed.godwit("aply");
  assert.is(code, 2);
  assert.match(stderr, /✗ Unknown command 'aply' \(Did you mean apply\?\)\n$/);
});

packages("programs for Deno and pages import them with their types", () => {
  const readme = join(installed.directory, "node_modules", "@godwit", "vfs", "README.md");
  const example = /```js\n([^]*?)```/.exec(Deno.readTextFileSync(readme))?.[1] ?? "";
  for (const [path, text] of [["program.ts", PROGRAM], ["vfs.ts", example], ["page.ts", PAGE]]) {
    installed.write(path ?? "", text ?? "");
  }
  installed.runToEnd(deno, ["check", "--quiet", "program.ts", "vfs.ts", "page.ts"]);
});

packages("a program for Deno opens a migrator", () => {
  assert.is(installed.runToEnd(deno, [...RUN, "--allow-sys=statfs", "program.ts"]), "true true\n");
});

packages("@godwit/vfs runs the example of its README", () => {
  assert.is(installed.runToEnd(deno, [...RUN, "vfs.ts"]), "1\n");
  assert.is(installed.runToEnd(deno, [...RUN, "vfs.ts"]), "2\n");
});

packages("a page that esbuild bundles opens the sandbox, with the workers beside it", async () => {
  installed.write("page.ts", PAGE);
  installed.write(
    "page/index.html",
    '<!doctype html><script type="module" src="page.js"></script>',
  );
  installed.write("page/favicon.ico", "");
  const directory = join(installed.directory, "page");
  const browser = join(installed.directory, "node_modules", "@godwit", "godwit", "browser");
  for await (const { name } of Deno.readDir(browser)) {
    await Deno.copyFile(join(browser, name), join(directory, name));
  }
  await build({
    absWorkingDir: installed.directory,
    entryPoints: ["page.ts"],
    outdir: directory,
    bundle: true,
    format: "esm",
    logLevel: "error",
  });
  await stop();
  const serve = serveDirectory(directory);
  await using server = await listen((request, response) => serve(request, response, () => {}), 0);
  await using chromium = await openChromium();
  const page = await chromium.context.newPage();
  const [message] = await Promise.all([
    page.waitForEvent("console", (each) => each.text().startsWith("reply:")),
    page.goto(`http://127.0.0.1:${server.port}/`),
  ]);
  assert.is(message.text(), "reply: applied");
  chromium.assertQuiet();
});

packages(
  "Deno is started with what the command needs, and with listed variables alone",
  async () => {
    await Deno.writeTextFile(deno, STUB);
    const secrets = { GODWIT_DATA: "d", NATS_TOKEN: "secret", AWS_KEY: "secret", NODE_OPTIONS: "" };
    const { code, stdout } = await installed.run(
      "node",
      ["node_modules/.bin/godwit", "status", "notes"],
      secrets,
    );
    assert.is(code, 7);
    const lines = stdout.split("\n");
    assert.equal(lines.slice(0, 2), ["run", "--quiet"]);
    assert.ok(lines.includes("--allow-read=./plugins,d"), stdout);
    assert.ok(lines.includes("--no-config"));
    assert.match(stdout, /GODWIT_DATA='?d/);
    assert.not.match(stdout, /secret|NODE_OPTIONS/);
    assert.equal(lines.slice(lines.indexOf("status")).slice(0, 2), ["status", "notes"]);
  },
);

packages("SIGTERM reaches Deno, whose status is that of the launcher", async () => {
  const script = "node node_modules/.bin/godwit plugins & pid=$!; " +
    "read -r go; kill -TERM $pid; wait $pid; echo status $?";
  const child = new Deno.Command("sh", {
    args: ["-c", script],
    cwd: installed.directory,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const writer = child.stdin.getWriter();
  let text = "";
  for (let isAsked = false;;) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
    if (!isAsked && text.includes("waiting")) {
      isAsked = true;
      await writer.write(new TextEncoder().encode("go\n"));
    }
  }
  await writer.close();
  await child.status;
  assert.match(text, /status 9\n$/);
});

packages.run();
