// Bundles the sandbox for browsers: client, workers, WASM and page. `deno task build`; for Deno.

import Table from "cli-table3";
import { build, type BuildOptions, type Metafile, stop } from "esbuild";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { TABLE_STYLE } from "../../lib/cli/render/table_style.ts";
import { DenoPackages, resolvePackages } from "./deno_packages.ts";
import { publishPlugins } from "./publish_plugins.ts";

/** Where a build goes. */
export interface BuildSandboxOptions {
  /** Created where it is missing; files of another build are replaced, others stay. */
  readonly directory: string;
}

/** A file of the build, with what it costs to load. */
export interface BuiltFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly gzipBytes: number;
}

/** What a build has made. */
export interface BuildResult {
  /** Everything that a browser loads; source maps and licences are there, but not listed. */
  readonly files: readonly BuiltFile[];
  /** What a page that hosts plugins loads beside SQLite's own files. */
  readonly clientGzipBytes: number;
}

/** The most that `clientGzipBytes` may be. */
export const CLIENT_LIMIT_BYTES: number = 150 * 1024;

/** Everything that every page with a sandbox loads, apart from SQLite's WASM and its loader. */
const CLIENT_FILES: readonly string[] = ["client.js", "sandbox_worker.js", "database_worker.js"];

const MODULES: readonly string[] = [
  "lib/browser/client.ts",
  "lib/browser/sandbox_worker.ts",
  "lib/browser/database_worker.ts",
  "examples/sandbox/page/page.tsx",
  "examples/sandbox/page/page.css",
];

/** What may be no module, by the name that it gets. */
const SCRIPTS: Readonly<Record<string, string>> = {
  // In the frame without an origin a module's own address would need CORS.
  plugin_frame: "lib/browser/frame/plugin_frame_page.ts",
  // Not every browser takes a module for it.
  service_worker: "examples/sandbox/page/offline/service_worker.ts",
};

const COPIED: readonly string[] = [
  "examples/sandbox/page/index.html",
  "lib/browser/frame/plugin_frame.html",
  // The page's findings link to their remedies.
  "docs/TROUBLESHOOTING.md",
];

const SQLITE = "@sqlite.org/sqlite-wasm";

/** SQLite's loader is a file of its own beside its WASM, as SQLite ships them. */
const SQLITE_LOADER = "sqlite3";

const ROOT = new URL("../../", import.meta.url);

// The first versions with everything that is used, where none is older than 2024.
const TARGET: readonly string[] = ["es2022", "chrome120", "firefox120", "safari17"];

/** Writes the sandbox, ready to be served, into a directory. Takes about a second. */
export async function buildSandbox({ directory }: BuildSandboxOptions): Promise<BuildResult> {
  await Deno.mkdir(directory, { recursive: true });
  const packages = await DenoPackages.find();
  const loader = { in: await packages.resolve(SQLITE, "", "import"), out: SQLITE_LOADER };
  const modules = MODULES.map((path) => ({ in: path, out: stem(path) }));
  const scripts = Object.entries(SCRIPTS).map(([out, path]) => ({ in: path, out }));
  const bundled = await bundle(
    [
      { entryPoints: [...modules, loader], format: "esm" },
      { entryPoints: scripts, format: "iife" },
    ],
    directory,
    packages,
  );
  await publishPlugins(pathOf("examples/plugins"), join(directory, "plugins"));
  const wasm = await packages.resolve(`${SQLITE}/sqlite3.wasm`, "", "import");
  const copied = await Promise.all([wasm, ...COPIED.map(pathOf)].map(async (path) => {
    await Deno.copyFile(path, join(directory, basename(path)));
    return basename(path);
  }));
  const files = await Promise.all([...bundled, ...copied].map((name) => measure(directory, name)));
  const clientGzipBytes = files.filter(({ name }) => CLIENT_FILES.includes(name))
    .reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
  return { files, clientGzipBytes };
}

/** Bundles one more module for the browsers that the sandbox is for, as a page of a test is. */
export async function buildModule(path: string, directory: string): Promise<void> {
  const packages = await DenoPackages.find();
  const entryPoints = [{ in: path, out: stem(path) }];
  await bundle([{ entryPoints, format: "esm" }], directory, packages);
}

async function bundle(
  parts: readonly Pick<BuildOptions, "entryPoints" | "format">[],
  directory: string,
  packages: DenoPackages,
): Promise<readonly string[]> {
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
    plugins: [resolvePackages(packages, new Map([[SQLITE, `./${SQLITE_LOADER}.js`]]))],
  };
  try {
    const results = await Promise.all(parts.map((part) => build({ ...options, ...part })));
    return results.flatMap(({ metafile }) => entryFiles(metafile));
  } finally {
    // esbuild is a process of its own, which would keep this one alive.
    await stop();
  }
}

function entryFiles({ outputs }: Metafile): readonly string[] {
  return Object.entries(outputs)
    .filter(([, { entryPoint }]) => entryPoint !== undefined)
    .map(([path]) => basename(path));
}

async function measure(directory: string, name: string): Promise<BuiltFile> {
  const bytes = await Deno.readFile(join(directory, name));
  return { name, sizeBytes: bytes.length, gzipBytes: gzipSync(bytes).length };
}

function stem(path: string): string {
  return basename(path, extname(path));
}

function pathOf(path: string): string {
  return fileURLToPath(new URL(path, ROOT));
}

/** Renders the sizes, and the sum that has a limit. */
function renderSizes({ files, clientGzipBytes }: BuildResult): string {
  const table = new Table({
    ...TABLE_STYLE,
    head: ["file", "KB", "gzip KB"],
    colAligns: ["left", "right", "right"],
  });
  for (const { name, sizeBytes, gzipBytes } of files) {
    table.push([name, kilobytes(sizeBytes), kilobytes(gzipBytes)]);
  }
  return `${table}\n\nThe client without SQLite's files (${CLIENT_FILES.join(", ")}): ` +
    `${kilobytes(clientGzipBytes)} KB gzip of at most ${kilobytes(CLIENT_LIMIT_BYTES)}`;
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(1);
}

if (import.meta.main) {
  const result = await buildSandbox({ directory: pathOf("dist") });
  console.log(renderSizes(result));
  if (result.clientGzipBytes > CLIENT_LIMIT_BYTES) {
    console.error("The client is too large; the source maps in dist show what it is made of");
    Deno.exit(1);
  }
}
