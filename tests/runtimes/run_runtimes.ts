// Shows that the package @godwit/vfs works in Node.js 22, in Bun and in Deno beside a native program,
// in both journal modes: it writes, reads, keeps others out, and leaves a whole database when it is
// killed.
// deno task runtimes

import { buildPackages } from "../../lib/release/build_packages.ts";
import { fileURLToPath } from "node:url";
import { NativeProgram } from "../support/native_program.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";

const DIRECTORY = fileURLToPath(new URL("../../data/runtimes/", import.meta.url));
const PROGRAM = `${DIRECTORY}vfs_user.mjs`;
/** Installed from npm, apart from the Deno of this process. */
const RUNTIMES = [
  { name: "node@22", command: [`${DIRECTORY}node_modules/node/bin/node`] },
  { name: "bun@1.4.5", command: [`${DIRECTORY}node_modules/bun/bin/bun.exe`] },
];
const DENO = { name: "deno", command: [Deno.execPath(), "run", "--quiet", "-A"] };

Deno.mkdirSync(DIRECTORY, { recursive: true });
Deno.writeTextFileSync(`${DIRECTORY}package.json`, `{"type":"module"}`);
const { vfs } = await buildPackages(`${DIRECTORY}built`);
const archive = run("npm", ["pack", "--silent", "--pack-destination", DIRECTORY, vfs]).trim();
run("npm", [
  ...["install", "--silent", "--no-save", "--prefix", DIRECTORY],
  ...["@sqlite.org/sqlite-wasm@3.54.1-build1", ...RUNTIMES.map(({ name }) => name)],
  `${DIRECTORY}${archive}`,
]);
Deno.copyFileSync(new URL("./vfs_user.mjs", import.meta.url), PROGRAM);

let passed = 0;
let failed = 0;
for (const { name, command } of [...RUNTIMES, DENO]) {
  for (const mode of ["delete", "wal"]) {
    const problems = await tryRuntime(command, mode);
    console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${name}, ${mode}`);
    for (const problem of problems) console.log(`  ${problem}`);
    if (problems.length === 0) passed += 1;
    else failed += 1;
  }
}
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

async function tryRuntime(
  [program = "", ...options]: readonly string[],
  mode: string,
): Promise<readonly string[]> {
  const directory = Deno.makeTempDirSync({ prefix: "godwit-runtime-" });
  const path = `${directory}/shared.sqlite3`;
  const problems: string[] = [];
  const expect = (what: string, found: string, pattern: RegExp): void => {
    if (!pattern.test(found)) problems.push(`${what}: ${found}`);
  };
  const use = (task: "write" | "read"): string =>
    run(program, [...options, PROGRAM, path, task]).trim();
  try {
    sqliteShell(path, `PRAGMA journal_mode=${mode}; CREATE TABLE t (who)`);
    await using native = new NativeProgram(path);
    const nativeRows = async (): Promise<string> =>
      JSON.stringify(await native.try("SELECT count(*) AS n FROM t"));
    await native.run("INSERT INTO t VALUES ('native')");
    expect("write beside an idle connection", use("write"), /^rows 2$/);
    expect("native rows", await nativeRows(), /"n":2/);
    await native.run("INSERT INTO t VALUES ('native')");

    await native.run("BEGIN IMMEDIATE");
    expect("read beside a writer", use("read"), /^rows 3$/);
    expect("write beside a writer", use("write"), /^refused 5 .*another program/);
    await native.run("COMMIT");

    const holder = new Deno.Command(program, {
      args: [...options, PROGRAM, path, "hold"],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = holder.stdout.getReader();
    const { value } = await reader.read();
    expect("hold", new TextDecoder().decode(value), /^holding/);
    expect("write while it is held", use("write"), /^refused 5 .*another thread or process/);
    const written = JSON.stringify(await native.try("INSERT INTO t VALUES ('in vain')"));
    expect("native write while it is held", written, /locked/);
    holder.kill("SIGKILL");
    await holder.status;
    await reader.cancel();

    await native.run("INSERT INTO t VALUES ('native')");
    expect("write after a kill", use("write"), /^rows 5$/);
    expect("native rows", await nativeRows(), /"n":5/);
    expect("journal mode", sqliteShell(path, "PRAGMA journal_mode"), new RegExp(mode));
    if (!isIntact(path)) problems.push("the database is damaged");
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
  return problems;
}

function run(command: string, args: readonly string[]): string {
  const { success, stdout, stderr } = new Deno.Command(command, { args: [...args] }).outputSync();
  if (!success) {
    throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
  return new TextDecoder().decode(stdout);
}
