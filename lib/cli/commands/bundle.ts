// `bundle <plugin>`: packs a plugin's files into one ES module for browsers, and its page into another.

import { basename, dirname, join, resolve } from "node:path";
import { esbuildPath } from "../../bundle/esbuild_path.ts";
import {
  isThere,
  type ModuleFile,
  type ModuleSize,
  sizeOf,
  whyNotReplaced,
  writeModule,
} from "../../bundle/module_file.ts";
import type { Packed } from "../../bundle/pack.ts";
import { type Finding, isError } from "../../finding/finding.ts";
import { findingMessage } from "../../message/finding_message.ts";
import { type Bundle, MANIFEST_FORMAT, parseBundle } from "../../message/plugin_manifest.ts";
import { isPluginName, PLUGIN_NAME_RULE, quoteName } from "../../message/plugin_name.ts";
import { decodeText } from "../../migration/decode_text.ts";
import type { Migration } from "../../migration/migration.ts";
import { collectMigrations, type SourceFile } from "../../source/collect_migrations.ts";
import { directorySource } from "../../source/directory_source.ts";
import type { BundleOptions, CommonOptions } from "../arguments.ts";
import type { Console } from "../console.ts";
import { renderFindings } from "../render/findings.ts";
import { count, tableLines } from "../render/layout.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { type Refusal, refuse } from "./refuse.ts";

/** A value, or why there is none. */
type Either<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal };

const PAGES = ["page.ts", "page.js"] as const;

/**
 * Writes the bundle, and beside it the module of `<plugins>/<plugin>/page.ts` or `page.js`. Nothing
 * is written where a file does not parse, or where that would replace what godwit did not make.
 */
export async function runBundle(
  { plugin, out, overwrite }: BundleOptions,
  options: CommonOptions,
  console: Console,
): Promise<ExitStatus> {
  const fail = (refusal: Refusal): ExitStatus => refuse(refusal, options, console);
  if (!isPluginName(plugin)) {
    const message = `There can be no plugin ${quoteName(plugin)}: ${PLUGIN_NAME_RULE}`;
    return fail({ code: "PLUGIN_NOT_FOUND", message });
  }
  const read = await directorySource(options.pluginsDir).read(plugin);
  if (!read.found) return fail({ code: "PLUGIN_NOT_FOUND", message: read.message });
  const { migrations, findings } = await collectMigrations(read.files);
  if (findings.length > 0) return failFindings(plugin, findings, options, console);

  const packed = await packAll(plugin, out ?? `${plugin}.bundle.js`, {
    directory: join(options.pluginsDir, plugin),
    files: read.files,
    migrations,
  });
  if (!packed.ok) return fail(packed.refusal);
  const outputs = packed.value;
  for (const { path } of outputs) {
    const problem = overwrite ? null : await whyNotReplaced(path);
    if (problem !== null) return fail(invalid(problem));
  }
  for (const output of outputs) {
    const problem = await writeModule(output);
    if (problem !== null) return fail(invalid(problem));
  }
  await report(plugin, outputs, migrations.length, options, console);
  return EXIT.success;
}

function failFindings(
  plugin: string,
  findings: readonly Finding[],
  { json }: CommonOptions,
  console: Console,
): ExitStatus {
  const errors = findings.filter(isError).map(findingMessage);
  const warnings = findings.filter((each) => !isError(each)).map(findingMessage);
  const amount = errors.length > 0
    ? count(errors.length, "error")
    : count(warnings.length, "warning");
  const message = `${plugin}: ${amount}, nothing was written`;
  if (json) {
    const error_code = "VALIDATION_FAILED";
    console.out(JSON.stringify({ success: false, error_code, message, errors, warnings }));
  } else {
    console.err(`${console.colors.red("✗")} ${message}`);
    console.err(renderFindings([...errors, ...warnings], console.colors));
  }
  return EXIT.failure;
}

/** What there is of a plugin. */
interface Parts {
  readonly directory: string;
  readonly files: readonly SourceFile[];
  readonly migrations: readonly Migration[];
}

/** Packs the page, if there is one, and the bundle: in the order in which they are to be written. */
async function packAll(
  plugin: string,
  out: string,
  parts: Parts,
): Promise<Either<readonly ModuleFile[]>> {
  const forbidden = await whyForbidden(plugin);
  if (forbidden !== null) return { ok: false, refusal: forbidden };
  const page = await findPage(parts.directory);
  if (!page.ok) return page;
  const pagePath = join(dirname(out), basename(out).replace(/(\.bundle)?(\.m?js)$/, ".page$2"));
  const parsed = parseBundle(
    {
      format: MANIFEST_FORMAT,
      name: plugin,
      page: page.value === null ? null : `./${basename(pagePath)}`,
      files: bundledFiles(parts),
    } satisfies Bundle,
  );
  if (!parsed.ok) return { ok: false, refusal: invalid(`Cannot bundle: ${parsed.message}`) };

  const { packBundle, packPage, stopPacking } = await import("../../bundle/pack.ts");
  try {
    const outputs: ModuleFile[] = [];
    if (page.value !== null) {
      const packed = await packPage(plugin, resolve(parts.directory), page.value);
      if (!packed.ok) return { ok: false, refusal: unpacked(page.value, packed) };
      outputs.push({ path: pagePath, text: packed.text });
    }
    const packed = await packBundle(parsed.value);
    if (!packed.ok) return { ok: false, refusal: unpacked(plugin, packed) };
    return { ok: true, value: [...outputs, { path: out, text: packed.text }] };
  } finally {
    await stopPacking();
  }
}

function bundledFiles({ files, migrations }: Parts): Bundle["files"] {
  const bytes = new Map(files.map((each) => [each.file, "bytes" in each ? each.bytes : null]));
  return migrations.map(({ file, checksum }) => {
    const decoded = decodeText(bytes.get(file) ?? new Uint8Array());
    return { file, checksum, text: decoded.ok ? decoded.text : "" };
  });
}

/** esbuild is a program of its own, and reads the whole environment to start. */
async function whyForbidden(plugin: string): Promise<Refusal | null> {
  const path = esbuildPath();
  const run = await Deno.permissions.query(
    path === null ? { name: "run" } : { name: "run", command: path },
  );
  const env = await Deno.permissions.query({ name: "env" });
  if (run.state === "granted" && env.state === "granted") return null;
  return invalid(
    `This process may not start esbuild, which makes bundles; use the task that may: ` +
      `deno task bundle ${plugin}, or allow it: --allow-env --allow-run${
        path === null ? "" : `=${path}`
      }`,
  );
}

async function findPage(directory: string): Promise<Either<string | null>> {
  const found: string[] = [];
  for (const file of PAGES) if (await isThere(join(directory, file))) found.push(file);
  const [page = null, other] = found;
  if (other === undefined) return { ok: true, value: page };
  const message = `There are ${page} and ${other} in ${directory}; remove one of them`;
  return { ok: false, refusal: invalid(message) };
}

async function report(
  plugin: string,
  outputs: readonly ModuleFile[],
  migrations: number,
  { json }: CommonOptions,
  console: Console,
): Promise<void> {
  const sized = await Promise.all(
    outputs.toReversed().map(async (each) => ({ path: each.path, ...await sizeOf(each) })),
  );
  const [bundle, page = null] = sized;
  if (bundle === undefined) return;
  if (json) {
    const size = ({ bytes, gzip_bytes }: ModuleSize): ModuleSize => ({ bytes, gzip_bytes });
    console.out(JSON.stringify({
      success: true,
      plugin_name: plugin,
      file: bundle.path,
      page: page?.path ?? null,
      sizes: { bundle: size(bundle), page: page === null ? null : size(page) },
      migrations,
    }));
    return;
  }
  const { default: Table } = await import("cli-table3");
  const { TABLE_STYLE } = await import("../render/table_style.ts");
  const table = new Table({
    ...TABLE_STYLE,
    head: ["module", "bytes", "gzip"],
    colAligns: ["left", "right", "right"],
  });
  for (const { path, bytes, gzip_bytes } of sized) table.push([path, bytes, gzip_bytes]);
  const head = `${console.colors.green("✓")} ${plugin}: ${count(migrations, "migration")}` +
    (page === null ? "" : " and a page");
  console.out([head, ...tableLines(table)].join("\n"));
}

function unpacked(what: string, { problems }: Extract<Packed, { ok: false }>): Refusal {
  return invalid(`Cannot bundle ${what}: ${problems.join("; ")}`);
}

function invalid(message: string): Refusal {
  return { code: "INVALID_REQUEST", message };
}
