// Measures the sandbox in Chromium with a persistent profile: from opening to the first status, 100 small
// migrations, and storage beside memory and SQLite's defaults, in one tab. Medians.
// deno task bench:browser

import { openChromium, type TestBrowser } from "../support/browser.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { BLANK_PAGE, SandboxTab } from "../support/sandbox_tab.ts";
import type { BenchedStorage, BenchRound } from "./storage_bench_worker.ts";
import { migrationFile } from "../support/migration_file.ts";
import { medianOf } from "./samples.ts";

const ROUNDS = 10;
const STORAGE_ROUNDS = 5;
const MIGRATIONS = 100;

await using server = await SandboxServer.start({
  files: BLANK_PAGE,
  module: new URL("./storage_bench_worker.ts", import.meta.url),
});
await using browser = await openChromium();

const version = browser.context.browser()?.version() ?? "";
console.log(
  `${navigator.hardwareConcurrency} cores, Chromium ${version}, medians, milliseconds\n`,
);
console.log("| what | ms |\n| --- | ---: |");
await benchStart(browser);
await benchPage(browser);
await benchMigrations(browser);
console.log(`\n| SQL on storage | memory | sandbox | ratio | opfs-sahpool's defaults | ratio |
| --- | ---: | ---: | ---: | ---: | ---: |`);
await benchStorage(browser);

async function benchStart(browser: TestBrowser): Promise<void> {
  const tab = await SandboxTab.open(browser, server.url);
  await tab.save("small", smallMigrations(2));
  await tab.ask("apply", "small");
  await tab.page.close();
  const opened: number[] = [];
  const answered: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const page = await browser.open(new URL("blank.html", server.url).href);
    const [open, status] = await page.evaluate(async () => {
      const started = performance.now();
      const { openSandbox } = await import(new URL("client.js", location.href).href);
      const sandbox = await openSandbox({ workerUrl: "sandbox_worker.js" });
      const open = performance.now() - started;
      const reply = await sandbox.request("status", "small", "{}");
      if (reply.current_version !== 2) throw new Error(JSON.stringify(reply));
      return [open, performance.now() - started] as const;
    });
    opened.push(open);
    answered.push(status);
    await page.close();
  }
  print("the sandbox opens, warm", opened);
  print("from opening to the first status, warm", answered);
}

async function benchPage(browser: TestBrowser): Promise<void> {
  const seen: number[] = [];
  const answered: number[] = [];
  // The first visit has seen nothing before, and is not counted.
  for (let round = 0; round <= ROUNDS; round++) {
    const page = await browser.open(server.url);
    // Its clock began with the navigation, and the frame after the change is what people see.
    const shown = await page.waitForFunction(() =>
      /Version \d/.test(document.body.innerText) ? performance.now() : null
    );
    const present = await page.waitForFunction(() =>
      /Version \d/.test(document.body.innerText) &&
        !document.body.innerText.includes("as last seen")
        ? performance.now()
        : null
    );
    if (round > 0) {
      seen.push(await shown.jsonValue() ?? NaN);
      answered.push(await present.jsonValue() ?? NaN);
    }
    await page.close();
  }
  print("the example page shows the status of the last visit, warm", seen);
  print("the example page shows the present status, warm, six pending", answered);
}

async function benchMigrations(browser: TestBrowser): Promise<void> {
  const times: number[] = [];
  const statuses: number[] = [];
  const tab = await SandboxTab.open(browser, server.url);
  for (let round = 0; round < ROUNDS; round++) {
    const plugin = `many-${round}`;
    await tab.save(plugin, smallMigrations(MIGRATIONS));
    times.push(await timed(tab, "apply", plugin));
    statuses.push(await timed(tab, "status", plugin));
  }
  await tab.page.close();
  print(`apply request of ${MIGRATIONS} small migrations, a new plugin`, times);
  print("status request, nothing pending", statuses);
}

function timed(tab: SandboxTab, verb: "apply" | "status", plugin: string): Promise<number> {
  return tab.handle.evaluate(async ({ sandbox }, { verb, plugin }) => {
    const started = performance.now();
    const reply = await sandbox.request(verb, plugin, "{}");
    if (!reply.success) throw new Error(JSON.stringify(reply));
    return performance.now() - started;
  }, { verb, plugin });
}

async function benchStorage(browser: TestBrowser): Promise<void> {
  const page = await browser.open(new URL("blank.html", server.url).href);
  const rounds: BenchRound[] = [];
  // One round more, which is not counted: the first has code to compile.
  for (let round = 0; round <= STORAGE_ROUNDS; round++) {
    const result = await page.evaluate((isFirst) => {
      const key = "benchWorker";
      if (isFirst) {
        const policy = Reflect.get(globalThis, "trustedTypes").createPolicy("godwit", {
          createScriptURL: (url: string) => url,
        });
        const url = policy.createScriptURL("storage_bench_worker.js");
        Reflect.set(globalThis, key, new Worker(url, { type: "module" }));
      }
      const worker: Worker = Reflect.get(globalThis, key);
      return new Promise<BenchRound>((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage("round");
      });
    }, round === 0);
    if (round > 0) rounds.push(result);
  }
  await page.close();
  for (const name of Object.keys(rounds[0] ?? {})) {
    const of = (storage: BenchedStorage): number =>
      medianOf(rounds.map((round) => round[name]?.[storage] ?? NaN));
    const [memory, sandbox, defaults] = [of("memory"), of("sandbox"), of("defaults")];
    const ratio = (ms: number): string => (ms / memory).toFixed(2);
    console.log(
      `| ${name} | ${memory.toFixed(0)} | ${sandbox.toFixed(0)} | ${ratio(sandbox)} | ` +
        `${defaults.toFixed(0)} | ${ratio(defaults)} |`,
    );
  }
}

function smallMigrations(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(3, "0");
    const up = `CREATE TABLE t${number} (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO t${number} (name) VALUES ('one'), ('two');`;
    return [`${number}_create_t${number}.sql`, migrationFile(up, `DROP TABLE t${number};`)];
  }));
}

function print(name: string, times: readonly number[]): void {
  console.log(`| ${name} | ${medianOf(times).toFixed(0)} |`);
}
