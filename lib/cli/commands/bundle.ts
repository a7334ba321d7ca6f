// `bundle <plugin>`: packs a plugin's files into an ES module for browsers, and its page into
// another.

import { counted } from "../../finding/counted.ts";
import { type BundledPlugin, bundlePlugin } from "../../bundle/bundle_plugin.ts";
import { type ModuleSize, sizeOf, writeModules } from "../../bundle/module_file.ts";
import { type Finding, isError } from "../../finding/finding.ts";
import { findingMessage } from "../../message/finding_message.ts";
import type { BundleOptions, CommonOptions } from "../command.ts";
import type { Console } from "../console.ts";
import { renderFindings } from "../render/findings.ts";
import { left, right, tableLines } from "../render/text_table.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { refuse } from "./refuse.ts";

type Bundled = Extract<BundledPlugin, { kind: "bundled" }>;

/**
 * Writes the bundle, and beside it the module of `<plugins>/<plugin>/page.ts` or `page.js`. Writes
 * nothing if a file does not parse, or if it would replace a file that godwit did not make.
 */
export async function runBundle(
  { plugin, out = `${plugin}.bundle.js`, overwrite, keyFile }: BundleOptions,
  options: CommonOptions,
  console: Console,
): Promise<ExitStatus> {
  const fail = (message: string): ExitStatus =>
    refuse({ error_code: "INVALID_REQUEST", message }, options, console);
  // nats.ws, which has the keys, is loaded only where a bundle is signed.
  const signer = keyFile === undefined
    ? null
    : await (await import("./key_file.ts")).signerOf(keyFile);
  if (signer?.ok === false) return fail(signer.message);
  const sign = signer === null ? {} : { sign: signer.value };
  const made = await bundlePlugin({ pluginsDir: options.pluginsDir, plugin, out, ...sign });
  switch (made.kind) {
    case "not-found":
      return refuse({ error_code: "PLUGIN_NOT_FOUND", message: made.message }, options, console);
    case "invalid":
      return failFindings(plugin, made.findings, options, console);
    case "refused":
      return fail(made.message);
    case "bundled": {
      const problem = await writeModules(made, overwrite);
      if (problem !== null) return fail(problem);
      await report(plugin, made, options, console);
      return EXIT.success;
    }
  }
  made satisfies never;
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
    ? counted(errors.length, "error")
    : counted(warnings.length, "warning");
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

async function report(
  plugin: string,
  { bundle, page, migrations }: Bundled,
  { json }: CommonOptions,
  console: Console,
): Promise<void> {
  const size = await sizeOf(bundle);
  const pageSize = page === null ? null : await sizeOf(page);
  if (json) {
    console.out(JSON.stringify({
      success: true,
      plugin_name: plugin,
      file: bundle.path,
      page: page?.path ?? null,
      sizes: { bundle: size, page: pageSize },
      migrations,
    }));
    return;
  }
  const row = (path: string, { bytes, gzip_bytes }: ModuleSize): readonly (string | number)[] => [
    path,
    bytes,
    gzip_bytes,
  ];
  const rows = [
    row(bundle.path, size),
    ...(page === null || pageSize === null ? [] : [row(page.path, pageSize)]),
  ];
  const columns = [left("module"), right("bytes"), right("gzip")];
  const head = `${console.colors.green("✓")} ${plugin}: ${counted(migrations, "migration")}` +
    (page === null ? "" : " and a page");
  console.out([head, ...tableLines(columns, rows)].join("\n"));
}
