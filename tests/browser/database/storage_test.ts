// What the sandbox does where the browser's storage is held, refused or full. Real Chromium.

import type { Page } from "playwright-core";
import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../../support/browser.ts";
import { currentVersionIn } from "../../support/current_version.ts";
import { migrationFile } from "../../support/migration_file.ts";
import { SandboxServer } from "../../support/sandbox_server.ts";
import { BLANK_PAGE, SandboxTab } from "../../support/sandbox_tab.ts";
import { isIntact } from "../../support/sqlite_shell.ts";
import { suite } from "../../support/suite.ts";
import { backupsOf, exported, imported, queried, rowsOf, write } from "../../support/tab_calls.ts";

const storage = suite("the browser's storage");

let browser: TestBrowser;
let site: SandboxServer;

storage.before(async () => {
  site = await SandboxServer.start({
    files: {
      ...BLANK_PAGE,
      // Holds every file of a plugin's directory as a second owner would, and gives them back when told.
      "holder.js": `
        onmessage = async ({ data: path }) => {
          let directory = await navigator.storage.getDirectory();
          for (const name of path) directory = await directory.getDirectoryHandle(name);
          const handles = [];
          for await (const file of directory.values()) {
            handles.push(await file.createSyncAccessHandle());
          }
          onmessage = () => {
            for (const handle of handles) handle.close();
            postMessage("released");
          };
          postMessage("held " + handles.length);
        };`,
      // What private windows of some browsers do.
      "refusal.js": `
        navigator.storage.getDirectory = () =>
          Promise.reject(new DOMException("Security error when calling GetDirectory", "SecurityError"));`,
      "refused_worker.js": `import "./refusal.js"; import "./sandbox_worker.js";`,
    },
  });
  browser = await openChromium();
});

storage.after(async () => {
  await browser[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

const FILES = {
  "001_a.sql": migrationFile("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2);", "DROP TABLE t;"),
};
// As large as it is only where there are rows, so that a rehearsal does not see it.
const LARGE = {
  "002_b.sql": migrationFile(
    "INSERT INTO t WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 300) " +
      "SELECT randomblob(100000) FROM c WHERE EXISTS (SELECT * FROM t WHERE a = 3);",
    "DELETE FROM t WHERE typeof(a) = 'blob';",
  ),
};
const OPAQUE = ["godwit", "databases", "held", ".opaque"];

/** Has every file of a directory held by a worker; returns how to end it. */
async function hold(page: Page, path: readonly string[]): Promise<() => Promise<void>> {
  const worker = await page.evaluateHandle(async (path) => {
    // The policy allows this name and no other.
    const policy = Reflect.get(globalThis, "trustedTypes").createPolicy("godwit", {
      createScriptURL: (url: string) => url,
    });
    const worker = new Worker(policy.createScriptURL("holder.js"));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    worker.onmessage = () => resolve();
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(path);
    await promise;
    return worker;
  }, path);
  return () =>
    worker.evaluate(async (worker) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      worker.onmessage = () => resolve();
      worker.postMessage("release");
      await promise;
    });
}

storage(
  "a plugin whose files another program holds is unavailable, and loses nothing",
  async () => {
    const before = await SandboxTab.open(browser, site.url);
    await before.save("held", FILES);
    await before.ask("apply", "held");
    const status = await before.ask("status", "held");
    await before.handle.evaluate(({ sandbox }) => sandbox.close());
    await before.page.close();
    const page = await browser.open(new URL("blank.html", site.url).href);
    const release = await hold(page, OPAQUE);
    const tab = await SandboxTab.open(browser, site.url);
    const reply = await tab.ask("apply", "held");
    assert.ok(!reply.success);
    assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
    const message = "open godwit/databases/held: busy (EBUSY): held by another tab or program";
    assert.is(reply.message, message);
    // Others are not concerned.
    await tab.save("free", FILES);
    assert.ok((await tab.ask("apply", "free")).success);
    await release();
    assert.equal(await tab.ask("status", "held"), status);
    assert.equal(await rowsOf(tab, "held", "SELECT a FROM t"), [[1], [2]]);
    await page.close();
    await tab.page.close();
  },
);

storage("the values that a migration overwrites are copied to a file of the pool", async () => {
  const tab = await SandboxTab.open(browser, site.url);
  // More than the cache of the copies holds.
  const fill = "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 24000) " +
    "INSERT INTO t SELECT n, hex(zeroblob(500)) FROM c;";
  await tab.save("large", {
    "001_a.sql": migrationFile(`CREATE TABLE t (id INTEGER PRIMARY KEY, a); ${fill}`),
    "002_b.sql": migrationFile("UPDATE t SET a = 'gone';"),
  });
  for (const dry_run of [true, false]) {
    const reply = await tab.ask("apply", "large", { dry_run });
    assert.ok(reply.success && reply.verb === "apply");
    assert.equal(reply.applied_migrations.map(({ data_loss }) => data_loss), [[], [
      { kind: "values", table: "t", column: "a", values: 24_000 },
    ]]);
  }
  await tab.page.close();
});

storage("without OPFS everything is kept in memory, and the state says why", async () => {
  const tab = await SandboxTab.open(browser, site.url, "refused_worker.js");
  const reason =
    "This browser does not allow the page to store files: Security error when calling GetDirectory";
  assert.equal((await tab.state())?.storage, { kind: "memory", reason });
  await tab.save("fleeting", FILES);
  assert.ok((await tab.ask("apply", "fleeting")).success);
  await write(tab, "fleeting", "INSERT INTO t VALUES (3)");
  assert.equal(await rowsOf(tab, "fleeting", "SELECT count(*) FROM t"), [[3]]);
  assert.ok((await tab.ask("rollback", "fleeting")).success);
  const bytes = await exported(tab, "fleeting");
  assert.ok(bytes !== null);
  assert.ok((await tab.ask("apply", "fleeting")).success);
  assert.is(await imported(tab, "fleeting", bytes), null);
  const backups = await backupsOf(tab, "fleeting");
  assert.is(backups.length, 2);
  for (const backup of backups) {
    assert.ok((await exported(tab, "fleeting", backup) ?? []).length > 0);
  }
  await tab.reload();
  const gone = await tab.ask("status", "fleeting");
  assert.is(!gone.success && gone.error_code, "PLUGIN_NOT_FOUND");
  await tab.page.close();
});

storage("a damaged database can be taken away as it is, and so can its backups", async () => {
  const tab = await SandboxTab.open(browser, site.url);
  await tab.save("damaged", FILES);
  await tab.ask("apply", "damaged");
  await tab.ask("rollback", "damaged");
  const [backup] = await backupsOf(tab, "damaged");
  assert.ok(backup);
  const copy = await exported(tab, "damaged", backup);
  assert.ok(copy);
  await tab.handle.evaluate(({ sandbox }) => sandbox.close());
  // The pool's own header is a page of 4096 bytes that begins with the name.
  await tab.page.evaluate(async () => {
    let directory = await navigator.storage.getDirectory();
    for (const name of ["godwit", "databases", "damaged", ".opaque"]) {
      directory = await directory.getDirectoryHandle(name);
    }
    for await (const handle of directory.values()) {
      if (!(handle instanceof FileSystemFileHandle)) continue;
      if (!(await (await handle.getFile()).text()).startsWith("/damaged.sqlite3\0")) continue;
      const writable = await handle.createWritable({ keepExistingData: true });
      await writable.write({ type: "write", position: 4096, data: new Uint8Array(100).fill(7) });
      await writable.close();
    }
  });
  await tab.reload();
  const status = await tab.ask("status", "damaged");
  assert.is(!status.success && status.error_code, "DATABASE_UNAVAILABLE");
  assert.equal(await exported(tab, "damaged", backup), copy);
  const found = await exported(tab, "damaged");
  assert.equal([...found?.subarray(0, 100) ?? []], Array(100).fill(7));
  await tab.page.close();
});

storage("a database in memory outlives work that took much memory", async () => {
  const tab = await SandboxTab.open(browser, site.url, "refused_worker.js");
  await tab.save("heavy", FILES);
  assert.ok((await tab.ask("apply", "heavy")).success);
  const large = "SELECT length(zeroblob(300000000) || '')";
  assert.equal(await rowsOf(tab, "heavy", large), [[0]]);
  assert.equal(await rowsOf(tab, "heavy", "SELECT count(*) FROM t"), [[2]]);
  const status = await tab.ask("status", "heavy");
  assert.is(status.success && currentVersionIn(status), 1);
  await tab.page.close();
});

storage("full storage is a message, and undoes what did not fit", async () => {
  const tab = await SandboxTab.open(browser, site.url);
  await tab.untilRole("owner");
  await tab.save("full", FILES);
  await tab.ask("apply", "full");
  await write(tab, "full", "INSERT INTO t VALUES (3)");
  await tab.save("full", { ...FILES, ...LARGE });
  await tab.save("fresh", FILES);
  const session = await browser.context.newCDPSession(tab.page);
  const origin = new URL(site.url).origin;
  const used = await tab.page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: used + 2_000_000 });
  const full = /the browser's storage: .* \(EDQUOT\): it is full; delete backups or databases/;
  const reply = await tab.ask("apply", "full");
  assert.ok(!reply.success);
  assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
  assert.match(reply.message, full);
  const query = await queried(tab, "full", "INSERT INTO t SELECT randomblob(10000000)", "write");
  assert.match(query.ok ? "" : query.message, full);
  // There are too few files left even for an empty database.
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  const fresh = await tab.ask("apply", "fresh");
  assert.ok(!fresh.success);
  assert.is(fresh.error_code, "DATABASE_UNAVAILABLE", fresh.message);
  assert.match(fresh.message, /godwit\/databases\/fresh: .* \(EDQUOT\): it is full/);
  await session.send("Storage.overrideQuotaForOrigin", { origin });
  assert.equal(await rowsOf(tab, "full", "SELECT a FROM t"), [[1], [2], [3]]);
  const path = Deno.makeTempFileSync();
  Deno.writeFileSync(path, await exported(tab, "full") ?? new Uint8Array());
  assert.ok(isIntact(path));
  Deno.removeSync(path);
  assert.ok((await tab.ask("apply", "full")).success);
  assert.ok((await tab.ask("apply", "fresh")).success);
  await tab.page.close();
});

storage.run();
