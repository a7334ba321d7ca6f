// Builds the npm packages: @godwit/godwit with the command line, and @godwit/vfs. For Deno.
// deno task package

import { build, type Metafile, type Plugin, stop } from "esbuild";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { buildSandbox } from "../bundle/build_sandbox.ts";
import { versionAlone } from "../bundle/version_alone.ts";
import { commandTable } from "../cli/describe/command_table.ts";
import { manPage } from "../cli/describe/man_page.ts";
import { declarationsOf, packDeclarations, writeDeclarations } from "./declarations.ts";
import { notices } from "./notices.ts";
import { packageManifest, packageOf } from "./package_manifest.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The modules of @godwit/godwit for Deno, by their names in the package. */
const MODULES = {
  mod: "mod.ts",
  message: "lib/message/mod.ts",
  nats: "lib/nats/mod.ts",
  vfs: "lib/vfs/mod.ts",
  file_worker: "lib/database/file_worker.ts",
} as const;

const LAUNCHER = { launcher: "lib/launch/launcher.ts" };

/** Source phase imports have no year of their own, and Deno has everything that is newer. */
const DENO = "esnext";

/** The oldest Node.js that runs the launcher, and the oldest with a SQLite of its own. */
const LAUNCHER_NODE = "node20";
const VFS_NODE = "node22.13";

/** The directories of the packages. */
export interface BuiltPackages {
  readonly godwit: string;
  readonly vfs: string;
}

/** Writes the packages into two directories below one, which is emptied first. */
export async function buildPackages(directory: string): Promise<BuiltPackages> {
  const packages = { godwit: join(directory, "godwit"), vfs: join(directory, "vfs") };
  for (const path of Object.values(packages)) {
    await Deno.remove(path, { recursive: true }).catch(ignoreMissing);
    await Deno.mkdir(path, { recursive: true });
    await Deno.copyFile(join(ROOT, "LICENSE"), join(path, "LICENSE"));
  }
  const declared = await Deno.makeTempDir({ prefix: "godwit-declarations-" });
  try {
    await packDeclarations(declared);
    await buildGodwit(packages.godwit, declared);
    await buildVfs(packages.vfs, declared);
  } finally {
    await stop();
    await Deno.remove(declared, { recursive: true });
  }
  return packages;
}

async function buildGodwit(directory: string, declared: string): Promise<void> {
  const modules = join(directory, "lib");
  const imports = [
    ...await bundle(MODULES, modules, DENO),
    ...await bundle(LAUNCHER, modules, LAUNCHER_NODE),
  ];
  const entries = new Map(
    Object.entries(config.exports).map(([entry, path]) => {
      const name = Object.entries(MODULES).find(([, file]) => `./${file}` === path)?.[0];
      return [entry, {
        types: `./types/${path.slice(2).replace(/\.ts$/, ".d.ts")}`,
        module: name === undefined ? "./browser/client.js" : `./lib/${name}.js`,
      }];
    }),
  );
  for (const path of Object.values(config.exports)) {
    await writeDeclarations(await declarationsOf(path, declared), join(directory, "types"));
  }
  await buildBrowser(join(directory, "browser"));
  for (const name of ["README.md", "CHANGELOG.md"]) {
    await Deno.copyFile(join(ROOT, name), join(directory, name));
  }
  await Deno.writeTextFile(join(directory, "godwit.1"), manPage(commandTable(), config.version));
  const manifest = packageManifest({
    name: config.name,
    description: "Schema migrations for SQLite plugins: planned, rehearsed, applied and undone",
    keywords: ["sqlite", "migrations", "schema", "nats", "wasm", "deno", "plugins"],
    entries,
    // A page serves the workers and SQLite's WASM beside itself.
    files: { "./browser/*": "./browser/*" },
    // A peer of `@commander-js/extra-typings`.
    imports: new Set([...imports, "commander"]),
    dependencies: { deno: Deno.version.deno },
    more: {
      bin: { godwit: "./lib/launcher.js" },
      man: ["./godwit.1"],
      engines: { node: ">=20" },
    },
  });
  await Deno.writeTextFile(join(directory, "package.json"), manifest);
}

async function buildVfs(directory: string, declared: string): Promise<void> {
  const imports = await bundle({ vfs: MODULES.vfs }, join(directory, "lib"), VFS_NODE);
  const declarations = await declarationsOf(MODULES.vfs, declared);
  await writeDeclarations(declarations, join(directory, "types"));
  const readme = new URL("./vfs_readme.md", import.meta.url);
  await Deno.copyFile(readme, join(directory, "README.md"));
  const entry = { types: "./types/lib/vfs/mod.d.ts", module: "./lib/vfs.js" };
  const manifest = packageManifest({
    name: "@godwit/vfs",
    description: "Durable SQLite WASM on a file system, beside native programs",
    keywords: ["sqlite", "wasm", "vfs", "wal", "node", "bun", "deno"],
    entries: new Map([[".", entry]]),
    files: {},
    imports,
    dependencies: {},
    more: { engines: { node: ">=22.13", bun: ">=1.3" } },
  });
  await Deno.writeTextFile(join(directory, "package.json"), manifest);
}

/** Bundles modules without the packages that they import, and returns the names of these. */
async function bundle(
  modules: Readonly<Record<string, string>>,
  outdir: string,
  target: string,
): Promise<ReadonlySet<string>> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: Object.entries(modules).map(([out, path]) => ({ in: `./${path}`, out })),
    outdir,
    bundle: true,
    splitting: true,
    target,
    format: "esm",
    platform: "node",
    packages: "external",
    jsx: "automatic",
    jsxImportSource: "preact",
    metafile: true,
    logLevel: "warning",
    plugins: [builtWorker(), versionAlone()],
  });
  return importedPackages(metafile);
}

/** Names the module of the worker as it is called in the package. */
function builtWorker(): Plugin {
  return {
    name: "the worker's module",
    setup(builder) {
      builder.onLoad({ filter: /\/start_file_thread\.ts$/ }, async ({ path }) => {
        const text = await Deno.readTextFile(path);
        const contents = text.replace('"./file_worker.ts"', '"./file_worker.js"');
        if (contents === text) throw new Error(`${path} starts no ./file_worker.ts any more`);
        return { contents, loader: "ts" };
      });
    },
  };
}

function importedPackages(metafile: Metafile): ReadonlySet<string> {
  const paths = Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external).map(({ path }) => path)
  );
  return new Set(paths.filter((path) => !path.startsWith("node:")).map(packageOf));
}

/** The client, and what a page serves beside it: workers, SQLite, the frame of plugins' pages. */
async function buildBrowser(directory: string): Promise<void> {
  const whole = await Deno.makeTempDir({ prefix: "godwit-sandbox-" });
  try {
    const pluginsDir = join(whole, "no-plugins");
    await Deno.mkdir(pluginsDir);
    const { files, pageFiles, packageFiles } = await buildSandbox({
      directory: whole,
      pluginsDir,
      pages: [],
    });
    await Deno.mkdir(directory);
    for (
      const name of files.map((file) => file.name).filter((each) => !pageFiles.includes(each))
    ) {
      await Deno.copyFile(join(whole, name), join(directory, name));
    }
    await Deno.writeTextFile(join(directory, "NOTICES.txt"), await notices(packageFiles));
  } finally {
    await Deno.remove(whole, { recursive: true });
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

if (import.meta.main) {
  const packages = await buildPackages(join(ROOT, "dist", "npm"));
  for (const path of Object.values(packages)) console.log(path);
}
