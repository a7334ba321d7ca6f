#!/usr/bin/env node
// The program `godwit` of the npm package: starts Deno with what the command needs, and no more.
// For Node.js.

import { spawn } from "node:child_process";
import { constants, tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { esbuildPath } from "../bundle/esbuild_path.ts";
import { readArguments } from "../cli/arguments.ts";
import { findDeno } from "./find_deno.ts";
import { denoFlags, permissionsFor, VARIABLES } from "./permissions.ts";

/** The module that Deno runs, beside this one in the package. */
const PROGRAM = "./mod.js";

/**
 * Variables of Deno itself, of the system, and of telemetry: where its cache is, whom it trusts,
 * what is on the PATH. godwit cannot read them.
 */
const OF_DENO: readonly string[] = [
  ...["PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "XDG_CACHE_HOME"],
  ...["USERPROFILE", "LOCALAPPDATA", "APPDATA", "SYSTEMROOT", "TEMP", "TMP", "PATHEXT"],
  ...["DENO_DIR", "DENO_CERT", "DENO_TLS_CA_STORE", "NO_PROXY", "HTTPS_PROXY", "HTTP_PROXY"],
  ...["OTEL_DENO", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_PROPAGATORS"],
  ...["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_HEADERS"],
];

/** The settings of Deno for a module of an npm package, whatever project it is installed in. */
const SETTINGS: readonly string[] = [
  ...["--quiet", "--no-prompt", "--no-config", "--no-lock", "--no-remote"],
  ...["--node-modules-dir=manual", "--unstable-lazy-dynamic-imports"],
];

const args = process.argv.slice(2);
const environment = (name: string): string | undefined => process.env[name];
const permissions = permissionsFor(readArguments(args, environment), {
  environment,
  temporary: tmpdir(),
  programs: { esbuild: esbuildPath() ?? "esbuild" },
});
const deno = findDeno();
const child = spawn(
  deno,
  [
    "run",
    ...SETTINGS,
    ...denoFlags(permissions),
    fileURLToPath(new URL(PROGRAM, import.meta.url)),
    ...args,
  ],
  { stdio: "inherit", env: environmentOf(permissions.env) },
);

child.on("error", (error) => {
  console.error(
    `✗ Cannot start ${deno}: ${error.message}\n` +
      `  godwit runs in Deno. npm installs it as an optional package of "deno"; install again ` +
      `without --omit=optional, or put a deno on the PATH`,
  );
  process.exitCode = 3;
});
child.on("exit", (code, signal) => {
  if (signal === null) process.exitCode = code ?? 3;
  else process.exitCode = 128 + constants.signals[signal];
});
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGHUP", () => child.kill("SIGHUP"));
// A terminal sends Ctrl-C to both processes, and a second one would cut short what the first began.
process.on("SIGINT", () => isAtTerminal() || child.kill("SIGINT"));

function isAtTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
}

/** The variables of this process that are listed, and no others. */
function environmentOf(listed: readonly string[] | "any"): Record<string, string> {
  const names = listed === "any" ? VARIABLES : listed;
  const kept = [...OF_DENO, ...names].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(kept), DENO_NO_UPDATE_CHECK: "1" };
}
