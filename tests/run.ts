// Runs everything there is to check: formatting, lint, types, those of documented examples too, and
// each test file in a process of its own, four at a time. Before the last line, `N passed, N failed`,
// it says how long everything took and which files took longest.
//
//   run.ts [--all] [part of a path ...]
//
// What takes long is in files `*_long_test.ts`, which are run by `--all` or by name: the second
// browser, packages, the longer pages, kills at each write, faults of storage, and operations that
// nothing can interrupt.

import { installRequirements } from "./support/requirements.ts";

const ROOT = new URL("..", import.meta.url);
// Two more than there are cores in the smallest machine that they run on: browsers, servers and disks
// are waited for as often as they work.
const CONCURRENCY = 4;
// These take longest. Begun last, one of them would run alone at the end.
const FIRST = [
  "tests/release/",
  "tests/database/worker_pool",
  "tests/beside/",
  "tests/docs/pages",
  "tests/crash/",
  "tests/workbench/",
  "tests/browser/",
];
// A thread that a failed test left behind would keep its process alive for ever.
const FILE_TIMEOUT_MS = 300_000;

const SLOWEST = 10;

/** How a process ended, and all that it said. */
interface Ended {
  readonly success: boolean;
  readonly text: string;
}

interface CheckResult {
  readonly passed: number;
  readonly failed: number;
}

interface FileResult extends CheckResult {
  readonly file: string;
  readonly seconds: number;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const filters = args.filter((each) => each !== "--all");
  const isLong = args.includes("--all") || filters.length > 0;
  const missing = installRequirements();
  if (missing !== null) {
    console.error(missing);
    console.log("0 passed, 1 failed");
    return 1;
  }
  // Packages that are fetched while a test runs would announce themselves in its output.
  const installed = await deno(["install", "--frozen"]);
  if (!installed.success) {
    console.error(installed.text);
    console.log("0 passed, 1 failed");
    return 1;
  }
  const files = inOrder(
    testFiles(new URL("tests/", ROOT))
      .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
      .filter((file) => isLong || !file.endsWith("_long_test.ts")),
  );
  using build = await sharedBuild(files);
  const [checks, tests] = await Promise.all([
    filters.length === 0 ? runChecks() : [],
    runFiles(files, build.env),
  ]);
  const results = [...checks, ...tests];
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  console.log(describeTimes(tests, (performance.now() - started) / 1000));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

async function runChecks(): Promise<readonly CheckResult[]> {
  const directory = Deno.makeTempDirSync({ prefix: "godwit-examples-" });
  try {
    return await Promise.all([
      runCheck("deno fmt", () => deno(["fmt", "--check"])),
      runCheck("deno lint", () => deno(["lint"])),
      runCheck("deno check", async () => {
        // It reads packages, which are there by now.
        const { writeExamples } = await import("./docs/written_examples.ts");
        return await deno(["check", ".", ...await writeExamples(directory)]);
      }),
    ]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** A check that cannot begin has failed, and the tests go on. */
async function runCheck(name: string, check: () => Promise<Ended>): Promise<CheckResult> {
  const { success, text } = await check().catch((error) => ({
    success: false,
    text: String(error),
  }));
  console.log(`${success ? "ok  " : "FAIL"} ${name}`);
  if (!success) console.log(text);
  return success ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** The files, those in `FIRST` before all others. */
function inOrder(files: readonly string[]): readonly string[] {
  const rank = (file: string): number => {
    const found = FIRST.findIndex((each) => file.startsWith(each));
    return found === -1 ? FIRST.length : found;
  };
  return files.toSorted((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
}

/** Builds the sandbox once where several files use it, and says so to them in their environment. */
async function sharedBuild(
  files: readonly string[],
): Promise<Disposable & { readonly env: Readonly<Record<string, string>> }> {
  const users = files.filter((file) => /^tests\/(browser|workbench)\//.test(file));
  if (users.length < 2) return { env: {}, [Symbol.dispose]() {} };
  const { buildTestSandbox, SHARED_BUILD } = await import("./support/sandbox_server.ts");
  const directory = Deno.makeTempDirSync({ prefix: "godwit-sandbox-" });
  await buildTestSandbox(directory);
  return {
    env: { [SHARED_BUILD]: directory },
    [Symbol.dispose]: () => Deno.removeSync(directory, { recursive: true }),
  };
}

async function runFiles(
  files: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<readonly FileResult[]> {
  const waiting = [...files];
  const results: FileResult[] = [];
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      results.push(await runFile(file, env));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return results;
}

async function runFile(
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<FileResult> {
  const started = performance.now();
  const { success, text } = await deno(
    ["run", "--no-prompt", "--no-check", "-A", file],
    env,
  );
  const seconds = (performance.now() - started) / 1000;
  const { total, passed } = countTests(text);
  // A file that says nothing forgot to run its suites; one that dies early says too little.
  const problem = total === 0
    ? "ran no test: is .run() missing?"
    : !success && passed === total
    ? "ended with an error"
    : null;
  const failed = total - passed + (problem === null ? 0 : 1);
  console.log(
    `${failed === 0 ? "ok  " : "FAIL"} ${file} (${passed}/${total}, ${seconds.toFixed(1)} s)`,
  );
  if (failed > 0) console.log(problem === null ? text : `${text}\n${file} ${problem}`);
  return { file, seconds, passed, failed };
}

/** The time of a run, and of the files that took longest. */
function describeTimes(results: readonly FileResult[], seconds: number): string {
  const slowest = results.toSorted((one, other) => other.seconds - one.seconds).slice(0, SLOWEST);
  const lines = slowest.map((each) => `${each.seconds.toFixed(1).padStart(7)} s  ${each.file}`);
  const minutes = `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return ["The slowest files:", ...lines, `Everything took ${minutes}`].join("\n");
}

// uvu closes each run with its totals.
function countTests(text: string): { readonly total: number; readonly passed: number } {
  const sum = (pattern: RegExp): number =>
    [...text.matchAll(pattern)].reduce((all, [, count]) => all + Number(count), 0);
  return { total: sum(/^\s*Total:\s+(\d+)/gm), passed: sum(/^\s*Passed:\s+(\d+)/gm) };
}

async function deno(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(FILE_TIMEOUT_MS),
  }).output();
  const decoder = new TextDecoder();
  return { success, text: `${decoder.decode(stdout)}${decoder.decode(stderr)}` };
}

function testFiles(directory: URL): readonly string[] {
  return [...Deno.readDirSync(directory)].flatMap((entry) => {
    if (entry.isDirectory) return testFiles(new URL(`${entry.name}/`, directory));
    if (!entry.name.endsWith("_test.ts")) return [];
    return [new URL(entry.name, directory).pathname.slice(ROOT.pathname.length)];
  });
}
