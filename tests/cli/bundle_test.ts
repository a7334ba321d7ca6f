// bundle: a plugin as an ES module for browsers.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { importBundles } from "../../lib/browser/owner/import_bundles.ts";
import { readArguments } from "../../lib/cli/arguments.ts";
import { bundleSource } from "../../lib/source/bundle_source.ts";
import { directorySource } from "../../lib/source/directory_source.ts";
import { loadMigrations } from "../support/source_cases.ts";
import { type Finished, godwit } from "../support/service_process.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { assertTidy, QUOTES } from "./cli_setting.ts";

const bundle = suite("bundle");

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGE = 'import text from "./page.css";\nexport function start(godwit, root) {\n' +
  "  root.textContent = godwit.plugin + text;\n}\n";

/** Runs in the workspace's own directory, with its plugins. */
function run(workspace: Workspace, ...args: readonly string[]): Promise<Finished> {
  return godwit(["bundle", ...args, "--plugins", workspace.pluginsDir], { cwd: workspace.root });
}

function writePage(workspace: Workspace, plugin: string, file: string, text: string): void {
  Deno.writeTextFileSync(join(workspace.pluginsDir, plugin, file), text);
}

bundle("writes a module that loads to the same migrations, and prints what it weighs", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  const { code, stdout, stderr } = await run(workspace, "quotes");
  assert.is(code, 0, stderr);
  assertTidy(stdout);
  assert.match(
    stdout,
    /^✓ quotes: 2 migrations\nmodule +bytes +gzip\nquotes\.bundle\.js +\d+ +\d+\n$/,
  );
  const path = join(workspace.root, "quotes.bundle.js");
  const imported = bundleSource(await importBundles([pathToFileURL(path).href]));
  assert.equal(
    await loadMigrations(imported, "quotes"),
    await loadMigrations(directorySource(workspace.pluginsDir), "quotes"),
  );
  assert.is(await imported.pageOf("quotes"), null);
});

bundle(
  "the same files make the same bytes, from another place and with other line ends",
  async () => {
    await using one = new Workspace();
    await using other = new Workspace();
    const strange = "-- UP\nSELECT '`${x}\\ \r é 😀 </script>';\n-- DOWN\nSELECT 1;\n";
    one.write("quotes", { ...QUOTES, "003_x.sql": strange });
    const withCrlf = Object.entries({ ...QUOTES, "003_x.sql": strange }).reverse()
      .map(([file, text]) => [file, `\uFEFF${text.replaceAll("\n", "\r\n")}`]);
    other.write("quotes", Object.fromEntries(withCrlf));
    // Settings of a directory above, which would make other code of a class.
    const settings = '{"compilerOptions":{"useDefineForClassFields":false}}';
    Deno.writeTextFileSync(join(other.root, "tsconfig.json"), settings);
    const texts = [];
    for (const workspace of [one, other]) {
      writePage(workspace, "quotes", "page.ts", `${PAGE}export class Model { size: number = 1; }`);
      writePage(workspace, "quotes", "page.css", "p { color: red }");
      assert.is((await run(workspace, "quotes", "--out", "out/q.js")).code, 0);
      texts.push(
        ["q.js", "q.page.js"].map((file) =>
          Deno.readTextFileSync(join(workspace.root, "out", file))
        ),
      );
    }
    assert.equal(texts[0], texts[1]);
    const url = pathToFileURL(join(one.root, "out/q.js")).href;
    const loaded = await loadMigrations(bundleSource(await importBundles([url])), "quotes");
    if (typeof loaded === "string") throw new Error(loaded);
    assert.equal(loaded.findings, []);
    assert.equal(loaded.migrations[2]?.up.sql, strange.split("\n")[1]);
  },
);

bundle(
  "the page becomes a module of its own beside the bundle, which needs nothing else",
  async () => {
    await using workspace = new Workspace();
    workspace.write("quotes", QUOTES);
    writePage(workspace, "quotes", "page.css", "p { color: red }");
    writePage(workspace, "quotes", "page.js", PAGE);
    const { code, stdout } = await run(workspace, "quotes", "--json");
    assert.is(code, 0, stdout);
    const { sizes, ...reply } = JSON.parse(stdout);
    assert.equal(reply, {
      success: true,
      plugin_name: "quotes",
      file: "quotes.bundle.js",
      page: "quotes.page.js",
      migrations: 2,
    });
    const [bundleUrl, pageUrl] = ["quotes.bundle.js", "quotes.page.js"].map((file) =>
      pathToFileURL(join(workspace.root, file)).href
    );
    const source = bundleSource(await importBundles([bundleUrl ?? ""]));
    assert.is(await source.pageOf("quotes"), pageUrl);
    const page = await import(pageUrl ?? "");
    const root = { textContent: "" };
    page.start({ plugin: "quotes" }, root);
    assert.is(root.textContent, "quotesp { color: red }");
    for (
      const [role, file] of [["bundle", "quotes.bundle.js"], ["page", "quotes.page.js"]] as const
    ) {
      assert.is(sizes[role].bytes, Deno.statSync(join(workspace.root, file)).size);
      assert.ok(sizes[role].gzip_bytes < sizes[role].bytes);
    }
    assert.match((await run(workspace, "quotes")).stdout, /^✓ quotes: 2 migrations and a page\n/);
  },
);

bundle("refuses a page that cannot be packed, and says where", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  const cases = [
    ['import "./missing.ts";\nexport function start() {}', /page\.ts:1:8: Could not resolve/],
    ["export const begin = 1;", /page\.ts exports no function "start", which godwit calls/],
    ["export function start( {", /page\.ts:1:2\d: /],
  ] as const;
  for (const [text, words] of cases) {
    writePage(workspace, "quotes", "page.ts", text);
    const { code, stdout, stderr } = await run(workspace, "quotes");
    assert.is(code, 1);
    assert.is(stdout, "");
    assert.match(stderr.replaceAll(/\s+/g, " "), words);
    assert.not(stderr.includes("    at "), stderr);
  }
  writePage(workspace, "quotes", "page.js", PAGE);
  assert.match((await run(workspace, "quotes")).stderr, /There are page\.ts and page\.js in/);
  assert.equal([...Deno.readDirSync(workspace.root)].map(({ name }) => name), ["plugins"]);
});

bundle("refuses files that do not parse, as check does", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { ...QUOTES, "03-x.sql": "", "004_y.sql": "no markers" });
  const { code, stdout, stderr } = await run(workspace, "quotes");
  assert.is(code, 1);
  assert.is(stdout, "");
  assertTidy(stderr);
  assert.match(stderr, /^✗ quotes: 3 errors, nothing was written\n/);
  assert.match(stderr, /error \[file-name\] 03-x\.sql/);
  const json = await run(workspace, "quotes", "--json");
  assert.is(json.code, 1);
  const { success, error_code, errors } = JSON.parse(json.stdout);
  assert.equal([success, error_code, errors.length], [false, "VALIDATION_FAILED", 3]);
  Deno.mkdirSync(join(workspace.pluginsDir, "empty", "migrations"), { recursive: true });
  const empty = await run(workspace, "empty");
  assert.is(empty.code, 1);
  assert.match(empty.stderr, /no-migrations/);
  assert.match((await run(workspace, "nobody")).stderr, /There is no plugin\s+"nobody"/);
  assert.match((await run(workspace, "../x")).stderr, /There can be no plugin "\.\.\/x"/);
  assert.equal([...Deno.readDirSync(workspace.root)].map(({ name }) => name), ["plugins"]);
});

bundle("replaces what it made, and nothing else unless it is told so", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  writePage(workspace, "quotes", "page.js", "export function start() {}");
  assert.is((await run(workspace, "quotes")).code, 0);
  assert.is((await run(workspace, "quotes")).code, 0);
  for (const file of ["quotes.bundle.js", "quotes.page.js"]) {
    const path = join(workspace.root, file);
    const made = Deno.readTextFileSync(path);
    Deno.writeTextFileSync(path, "precious");
    const { code, stderr } = await run(workspace, "quotes");
    assert.is(code, 1);
    assert.match(stderr.replaceAll(/\s+/g, " "), `${file} was not made by godwit; name another`);
    assert.is(Deno.readTextFileSync(path), "precious");
    assert.is((await run(workspace, "quotes", "--overwrite")).code, 0);
    assert.is(Deno.readTextFileSync(path), made);
  }
  Deno.mkdirSync(join(workspace.root, "folder.js"));
  const folder = await run(workspace, "quotes", "--out", "folder.js");
  assert.match(folder.stderr, /^✗ Cannot replace folder\.js: EISDIR\n$/);
  const nowhere = await run(workspace, "quotes", "--overwrite", "--out", "folder.js");
  assert.match(nowhere.stderr, /^✗ Cannot write folder\.js: EISDIR\n$/);
  assert.not([...Deno.readDirSync(workspace.root)].some(({ name }) => name.endsWith(".tmp")));
});

bundle("readArguments() wants a module's name for --out", () => {
  for (const out of ["quotes", "quotes.json", ".js", "out/", "out/.js"]) {
    const parsed = readArguments(["bundle", "quotes", "--out", out], () => undefined);
    assert.is(parsed.kind, "usage", out);
  }
  const parsed = readArguments(["bundle", "quotes", "--out", "a/b.mjs"], () => undefined);
  assert.is(parsed.kind, "command");
});

bundle(
  "the task has the permissions that it needs; without them it says which task has",
  async () => {
    await using workspace = new Workspace();
    workspace.write("quotes", QUOTES);
    const args = [
      "quotes",
      "--plugins",
      workspace.pluginsDir,
      "--out",
      join(workspace.root, "q.js"),
    ];
    const task = async (...task: readonly string[]): Promise<Finished> => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["task", "-q", ...task, ...args],
        cwd: ROOT,
        env: { NO_COLOR: "1" },
      }).output();
      const [out = "", err = ""] = [stdout, stderr].map((each) => new TextDecoder().decode(each));
      return { code, stdout: out, stderr: err };
    };
    const without = await task("godwit", "bundle");
    assert.is(without.code, 1);
    assert.match(
      without.stderr.replaceAll(/\s+/g, " "),
      "use the task that may: deno task bundle quotes",
    );
    assert.not(without.stderr.includes("    at "), without.stderr);
    const granted = await task("bundle");
    assert.is(granted.code, 0, granted.stderr);
  },
);

bundle.run();
