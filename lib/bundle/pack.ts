// Packs a plugin into ES modules with esbuild: the same files make the same bytes. For Deno.

import { build, type BuildFailure, type BuildOptions, stop } from "esbuild";
import type { Bundle } from "../source/plugin_manifest.ts";
import { firstLine } from "./made_by_godwit.ts";

/** The text of a module, or its problems, one line each. */
export type Packed =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly string[] };

const OPTIONS = {
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  minify: true,
  charset: "utf8",
  write: false,
  logLevel: "silent",
  // Settings in a parent directory would change the bytes.
  tsconfigRaw: {},
} as const satisfies BuildOptions;

/** Packs a manifest and its texts into a module whose one export is `plugin`. */
export async function packBundle(bundle: Bundle): Promise<Packed> {
  const files = bundle.files.map(({ file, checksum }, index) =>
    `{ file: ${JSON.stringify(file)}, checksum: "${checksum}", text: text${index} }`
  );
  const imports = bundle.files.map(({ file }, index) =>
    `import text${index} from ${JSON.stringify(`./${file}`)};`
  );
  const { format, name, page, signatures } = bundle;
  const head = JSON.stringify({ format, name, page, signatures }).slice(1, -1);
  const texts = new Map(bundle.files.map(({ file, text }) => [`./${file}`, text]));
  return await pack(name, {
    stdin: {
      contents: `${imports.join("\n")}\nexport const plugin = {${head}, files: [${files}]};`,
    },
    plugins: [{
      name: "migrations",
      setup(builder) {
        builder.onResolve({ filter: /\.sql$/i }, ({ path }) => ({ path, namespace: "migration" }));
        builder.onLoad({ filter: /./, namespace: "migration" }, ({ path }) => ({
          contents: texts.get(path) ?? "",
          loader: "text",
        }));
      },
    }],
  });
}

/**
 * Packs the code of a plugin's page into a self-contained module; the code must export `start`.
 * CSS is imported as text.
 */
export async function packPage(
  plugin: string,
  directory: string,
  file: string,
): Promise<Packed> {
  const packed = await pack(plugin, {
    entryPoints: [`./${file}`],
    absWorkingDir: directory,
    loader: { ".css": "text" },
  });
  if (!packed.ok || packed.exports.includes("start")) return packed;
  return { ok: false, problems: [`${file} exports no function "start", which godwit calls`] };
}

/** Ends esbuild, which the first call starts and which would keep the process alive. */
export async function stopPacking(): Promise<void> {
  await stop();
}

async function pack(
  plugin: string,
  options: BuildOptions,
): Promise<
  | { readonly ok: true; readonly text: string; readonly exports: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] }
> {
  try {
    const { outputFiles, metafile } = await build({
      ...OPTIONS,
      ...options,
      metafile: true,
      banner: { js: firstLine(plugin) },
    });
    const module = outputFiles?.[0];
    const exports = Object.values(metafile.outputs).flatMap((output) => output.exports);
    return { ok: true, text: module?.text ?? "", exports };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    return { ok: false, problems: error.errors.map(describe) };
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

function describe({ text, location }: BuildFailure["errors"][number]): string {
  if (location === null) return text;
  return `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}
