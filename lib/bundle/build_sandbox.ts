// Bundles the sandbox for browsers: client, workers, WASM and page. `deno task build`; for Deno.

import { build, type BuildOptions, type Metafile, stop } from "esbuild";
import { basename, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { publishPlugins } from "./publish_plugins.ts";
import { remediesOf } from "./remedies.ts";
import { resolvePackages } from "./resolve_packages.ts";
import { versionAlone } from "./version_alone.ts";

/** What to build, and where. Paths are absolute. */
export interface BuildSandboxOptions {
  /** Created if it is missing. Files of an earlier build are replaced, others stay. */
  readonly directory: string;
  /** The plugins to publish beside the page. */
  readonly pluginsDir: string;
  /** HTML files to copy. Each one has a module in TypeScript of the same name beside it. */
  readonly pages: readonly string[];
}

/** A file of the build, with its sizes. */
export interface BuiltFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly gzipBytes: number;
}

/** The result of a build. */
export interface BuildResult {
  /** Everything that a browser loads, without source maps and licences. */
  readonly files: readonly BuiltFile[];
  /** Those that belong to the page of the sandbox, and not to the sandbox. */
  readonly pageFiles: readonly string[];
  /** What a page on the browser entry loads before it connects to NATS, without SQLite's WASM. */
  readonly clientFiles: readonly string[];
  readonly clientGzipBytes: number;
  /** Every file of a package that is in a bundle; their licences go with it. Absolute. */
  readonly packageFiles: readonly string[];
}

/** The limit of `clientGzipBytes`: SQLite's loader and the sandbox itself. */
export const CLIENT_LIMIT_BYTES: number = 204 * 1024;

/** The module that a page imports. */
const CLIENT = "./lib/browser/mod.ts";

const MODULES: readonly string[] = [
  "./lib/workbench/page.css",
  "./lib/workbench/worker/page_worker.ts",
];

/**
 * Modules that are split at their dynamic imports: NATS is loaded on the first connection, what
 * generates and proves migrations on its first use, and the page while the sandbox starts. What
 * stands behind the first of a group has a file of its own; the name of any other part begins with
 * that of the first, and ends in a digest of its content.
 */
const SPLIT_MODULES: readonly (readonly [string, ...string[]])[] = [
  ["./lib/browser/tab/sandbox_worker.ts"],
  ["./lib/browser/database/database_worker.ts"],
  [
    "./lib/workbench/page.ts",
    "./lib/workbench/page_root.tsx",
    "./lib/workbench/editor/editor.ts",
  ],
];

/** Those of them that a page on the browser entry loads. */
const CLIENT_WORKERS: readonly string[] = ["sandbox_worker.js", "database_worker.js"];

// A classic script: in the frame without an origin, loading a module would need CORS.
const FRAME_SCRIPT = "./lib/browser/frame/plugin_frame_page.ts";

// A classic script too, because not every browser supports modules as service workers.
const SERVICE_WORKER = "./lib/workbench/offline/service_worker.ts";

/** Not stored by the service worker: itself, and what the page has in its own bundle. */
const NOT_KEPT: readonly string[] = ["service_worker.js", "client.js"];

const COPIED: readonly string[] = [
  "./lib/workbench/index.html",
  "./lib/browser/frame/plugin_frame.html",
];

/** Findings on the page are explained in its words. */
const REMEDIES = { from: "docs/TROUBLESHOOTING.md", to: "remedies.json" } as const;

const SQLITE = "@sqlite.org/sqlite-wasm";

/** SQLite's loader is a separate file beside its WASM, as SQLite ships them. */
const SQLITE_LOADER = "sqlite3";

const ROOT = new URL("../../", import.meta.url);

// The first versions that support everything used here.
const TARGET: readonly string[] = ["es2022", "chrome120", "firefox120", "safari17"];

/** Writes the sandbox, ready to be served, into a directory. Takes about a second. */
export async function buildSandbox(options: BuildSandboxOptions): Promise<BuildResult> {
  const { directory, pluginsDir, pages } = options;
  await Deno.mkdir(directory, { recursive: true });
  const [client, frame, ...workers] = await bundle(
    [
      {
        entryPoints: [
          { in: CLIENT, out: "client" },
          { in: SQLITE, out: SQLITE_LOADER },
          ...MODULES.map(entry),
        ],
        format: "esm",
      },
      { entryPoints: [{ in: FRAME_SCRIPT, out: "plugin_frame" }], format: "iife" },
      ...SPLIT_MODULES.map((paths): BuildOptions => ({
        entryPoints: paths.map(entry),
        format: "esm",
        splitting: true,
        chunkNames: `${entry(paths[0]).out}.[name]-[hash]`,
      })),
    ],
    directory,
  );
  await publishPlugins(pluginsDir, join(directory, "plugins"));
  for (const page of pages) await buildPage(page, directory);
  const wasm = fileURLToPath(import.meta.resolve(`${SQLITE}/sqlite3.wasm`));
  const copied = await Promise.all([wasm, ...COPIED.map(pathOf)].map(async (path) => {
    await Deno.copyFile(path, join(directory, basename(path)));
    return basename(path);
  }));
  const remedies = remediesOf(await Deno.readTextFile(pathOf(REMEDIES.from)));
  await Deno.writeTextFile(join(directory, REMEDIES.to), JSON.stringify(remedies));
  const split = workers.flatMap(filesOf);
  await removeOldParts(directory, split);
  const page = [...filesOf(client), ...split, ...filesOf(frame), ...copied, REMEDIES.to];
  const shell = await Promise.all(
    page.filter((name) => !NOT_KEPT.includes(name)).map(async (name) => [
      name === "index.html" ? "./" : name,
      await digestOf(join(directory, name)),
    ]),
  );
  const [service] = await bundle(
    [{
      entryPoints: [entry(SERVICE_WORKER)],
      format: "iife",
      define: { SHELL_FILES: JSON.stringify(Object.fromEntries(shell)) },
    }],
    directory,
  );
  const names = [...page, ...filesOf(service)];
  const files = await Promise.all(names.map((name) => compress(directory, name)));
  const clientFiles = [
    "client.js",
    ...CLIENT_WORKERS.flatMap((worker) => loadedFirst(workers, worker)),
    `${SQLITE_LOADER}.js`,
  ];
  const clientGzipBytes = files.filter(({ name }) => clientFiles.includes(name))
    .reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
  const root = fileURLToPath(ROOT);
  const packageFiles = [client, frame, ...workers]
    .flatMap((metafile) => Object.keys(metafile?.inputs ?? {}).map((path) => join(root, path)))
    .filter((path) => !path.startsWith(root));
  const pageFiles = [
    ...MODULES.map((path) => basename(path).replace(/\.ts$/, ".js")),
    ...filesOf(workers.at(-1)),
    ...filesOf(service),
    "index.html",
    REMEDIES.to,
  ];
  return { files, pageFiles, clientFiles, clientGzipBytes, packageFiles };
}

async function buildPage(html: string, directory: string): Promise<void> {
  await buildModule(html.replace(/\.html$/, ".ts"), directory);
  await Deno.copyFile(html, join(directory, basename(html)));
}

/** Bundles one more module into a directory, for the browsers that the sandbox supports. */
export async function buildModule(path: string, directory: string): Promise<void> {
  await bundle([{ entryPoints: [entry(path)], format: "esm" }], directory);
}

async function bundle(
  parts: readonly BuildOptions[],
  directory: string,
): Promise<readonly Metafile[]> {
  const options: BuildOptions & { readonly metafile: true } = {
    absWorkingDir: fileURLToPath(ROOT),
    outdir: directory,
    bundle: true,
    platform: "browser",
    target: [...TARGET],
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    sourcemap: true,
    legalComments: "linked",
    metafile: true,
    logLevel: "warning",
    plugins: [resolvePackages(new Map([[SQLITE, `./${SQLITE_LOADER}.js`]])), versionAlone()],
  };
  try {
    const results = await Promise.all(parts.map((part) => build({ ...part, ...options })));
    return results.map(({ metafile }) => metafile);
  } finally {
    // esbuild is a separate process, which would keep this one alive.
    await stop();
  }
}

/** Every script and style sheet of a bundle, without source maps and licences. */
function filesOf(metafile: Metafile | undefined): readonly string[] {
  return Object.keys(metafile?.outputs ?? {})
    .filter((path) => [".js", ".css"].includes(extname(path)))
    .map((path) => basename(path));
}

/** A worker and the parts that it imports from its beginning. */
function loadedFirst(workers: readonly Metafile[], worker: string): readonly string[] {
  const outputs = workers.flatMap((metafile) => Object.entries(metafile.outputs));
  const loaded = new Set([worker]);
  for (const name of loaded) {
    const imports = outputs.find(([path]) => basename(path) === name)?.[1].imports ?? [];
    for (const { kind, external, path } of imports) {
      if (kind === "import-statement" && !external) loaded.add(basename(path));
    }
  }
  return [...loaded];
}

/** Removes the parts of earlier builds, which have other names and are never overwritten. */
async function removeOldParts(directory: string, built: readonly string[]): Promise<void> {
  for await (const { name } of Deno.readDir(directory)) {
    const isPart = SPLIT_MODULES.some(([first]) => name.startsWith(`${entry(first).out}.`));
    const part = isPart ? /^(.*-\w{8}\.js)(\..*)?$/.exec(name)?.[1] : null;
    if (part != null && !built.includes(part)) await Deno.remove(join(directory, name));
  }
}

/** Writes a compressed copy beside a file, for servers that send it; returns the sizes of both. */
async function compress(directory: string, name: string): Promise<BuiltFile> {
  const bytes = await Deno.readFile(join(directory, name));
  const compressed = gzipSync(bytes);
  await Deno.writeFile(join(directory, `${name}.gz`), compressed);
  return { name, sizeBytes: bytes.length, gzipBytes: compressed.length };
}

/** A digest that distinguishes two builds. */
async function digestOf(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest, 0, 8).toHex();
}

/** An entry point that keeps its file name. */
function entry(path: string): { readonly in: string; readonly out: string } {
  return { in: path, out: basename(path, extname(path)) };
}

function pathOf(path: string): string {
  return fileURLToPath(new URL(path, ROOT));
}

/** Renders the sizes, and the sum that is limited. */
function renderSizes({ files, clientFiles, clientGzipBytes }: BuildResult): string {
  const rows = [
    ["KB", "gzip KB", "file"],
    ...files.map((file) => [kilobytes(file.sizeBytes), kilobytes(file.gzipBytes), file.name]),
  ].map(([size = "", gzip = "", name]) => `${size.padStart(8)}  ${gzip.padStart(8)}  ${name}`);
  return `${rows.join("\n")}\n\n` +
    `The client without the WASM (${clientFiles.join(", ")}): ` +
    `${kilobytes(clientGzipBytes)} KB gzip of at most ${kilobytes(CLIENT_LIMIT_BYTES)}`;
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(1);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { plugins: { type: "string" }, page: { type: "string", multiple: true } },
  });
  const result = await buildSandbox({
    directory: pathOf("dist"),
    pluginsDir: resolve(values.plugins ?? "plugins"),
    pages: (values.page ?? []).map((page) => resolve(page)),
  });
  console.log(renderSizes(result));
  if (result.clientGzipBytes > CLIENT_LIMIT_BYTES) {
    console.error("The client is too large; the source maps in dist show what it is made of");
    Deno.exit(1);
  }
}
