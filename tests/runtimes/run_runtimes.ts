// Shows that the VFS works in Node.js 22 and in Bun: it writes, keeps others out, survives a kill.
// deno task runtimes

import * as esbuild from "esbuild";
import { fileURLToPath } from "node:url";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";

const RUNTIMES = [["node@22"], ["bun@1.4.5"]];
const DIRECTORY = fileURLToPath(new URL("../../data/runtimes/", import.meta.url));
const PROGRAM = `${DIRECTORY}vfs_user.mjs`;

Deno.mkdirSync(DIRECTORY, { recursive: true });
run("npm", [
  "install",
  "--silent",
  "--no-save",
  "--prefix",
  DIRECTORY,
  "@sqlite.org/sqlite-wasm@3.54.1-build1",
]);
await esbuild.build({
  entryPoints: [fileURLToPath(new URL("./vfs_user.mjs", import.meta.url))],
  outfile: PROGRAM,
  bundle: true,
  format: "esm",
  platform: "node",
  external: ["@sqlite.org/sqlite-wasm"],
  logLevel: "error",
});
await esbuild.stop();

let failed = 0;
for (const [runtime = ""] of RUNTIMES) failed += await tryRuntime(runtime) ? 0 : 1;
console.log(`${RUNTIMES.length - failed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

async function tryRuntime(runtime: string): Promise<boolean> {
  const path = `${DIRECTORY}${runtime.replaceAll(/[^a-z0-9]/g, "-")}.sqlite3`;
  for (const suffix of ["", "-wal", "-journal", "-lock"]) {
    try {
      Deno.removeSync(path + suffix);
    } catch {
      // It was not there.
    }
  }
  const npx = (task: string): readonly string[] => ["--yes", runtime, PROGRAM, path, task];
  const first = run("npx", npx("write")).trim();
  const holder = new Deno.Command("npx", {
    args: [...npx("hold")],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = holder.stdout.getReader();
  await reader.read();
  const refused = run("npx", npx("write")).trim();
  // npx starts the runtime as a child, which must be the one that dies.
  run("pkill", ["-KILL", "-f", `${path} hold`]);
  await holder.status;
  await reader.cancel();
  const second = run("npx", npx("write")).trim();
  const rows = sqliteShell(path, "SELECT count(*) FROM t");
  const isGood = first === "rows 1" && refused.startsWith("refused 5") && second === "rows 2" &&
    rows === "2" && isIntact(path);
  console.log(
    `${
      isGood ? "ok  " : "FAIL"
    } ${runtime}: ${first}; while held: ${refused}; after a kill: ${second}`,
  );
  return isGood;
}

function run(command: string, args: readonly string[]): string {
  const { success, stdout, stderr } = new Deno.Command(command, { args: [...args] }).outputSync();
  if (!success) {
    throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
  return new TextDecoder().decode(stdout);
}
