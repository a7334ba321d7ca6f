// A sandbox's plugins and their files: what is reported of them, which names are none, and how many there
// may be. Real Chromium.

import * as assert from "uvu/assert";
import type { Sandbox } from "../../../lib/browser/sandbox.ts";
import { openChromium, type TestBrowser } from "../../support/browser.ts";
import { migrationFile } from "../../support/migration_file.ts";
import { SandboxServer } from "../../support/sandbox_server.ts";
import { BLANK_PAGE, SandboxTab } from "../../support/sandbox_tab.ts";
import { suite } from "../../support/suite.ts";
import { filesOf, queried, rowsOf, valueOf } from "../../support/tab_calls.ts";

const plugins = suite("plugins of the sandbox");

let browser: TestBrowser;
let site: SandboxServer;
let tab: SandboxTab;

plugins.before(async () => {
  site = await SandboxServer.start({ files: BLANK_PAGE });
  browser = await openChromium();
  tab = await SandboxTab.open(browser, site.url);
});

plugins.after(async () => {
  browser.assertQuiet();
  await browser[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

const GOOD = {
  "001_a.sql": migrationFile("CREATE TABLE t (a); INSERT INTO t VALUES (1);", "DROP TABLE t;"),
  "002_b.sql": migrationFile(
    "ALTER TABLE t ADD COLUMN b;",
    "CREATE TABLE n (a); INSERT INTO n SELECT a FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t;",
  ),
};

plugins("a report tells of every file, the bad ones among the good", async () => {
  const broken = migrationFile("CREATE TABLE u (a);\nCREATE TABEL v (a);", "DROP TABLE u;");
  await tab.save("mixed", {
    ...GOOD,
    "003_c.sql": broken,
    "004_d.sql": "-- UP\nSELECT 1;\n",
    "notes.sql": "-- remember",
    "005_e.sql": new Uint8Array([0xff, 0xfe]),
  });
  const { files } = await filesOf(tab, "mixed");
  assert.equal(files.map(({ file, version }) => [file, version]), [
    ["001_a.sql", 1],
    ["002_b.sql", 2],
    ["003_c.sql", 3],
    ["004_d.sql", 4],
    ["005_e.sql", 5],
    ["notes.sql", null],
  ]);
  const errors = files.map(({ findings }) =>
    findings.filter(({ level }) => level === "ERROR").map(({ line }) => line ?? null)
  );
  assert.equal(errors.map(({ length }) => length > 0), [false, false, true, true, true, true]);
  assert.equal(errors[2], [3]);
  const [first, second, third, , fifth, notes] = files;
  assert.equal(first?.effect?.before.tables, []);
  assert.equal(first?.effect?.after.tables.map(({ name }) => name), ["t"]);
  assert.equal(second?.effect?.before, first?.effect?.after);
  assert.equal(
    second?.effect?.after.tables[0]?.columns.map(({ name }) => name),
    ["a", "b"],
  );
  assert.is(second?.effect?.changes.length, 1);
  assert.is(third?.effect, null);
  assert.is(third?.text, broken);
  assert.match(third?.checksum ?? "", /^[0-9a-f]{64}$/);
  assert.equal([fifth?.text, fifth?.checksum, notes?.text], [null, null, "-- remember"]);
  const status = await tab.ask("status", "mixed");
  assert.ok(status.success && status.verb === "status");
  const refused = await tab.ask("apply", "mixed");
  assert.is(!refused.success && refused.error_code, "VALIDATION_FAILED");
});

plugins("a draft is rehearsed as if it were saved, and is not", async () => {
  await tab.save("drafted", GOOD);
  const draft = (file: string, up: string, down: string): ReturnType<typeof filesOf> =>
    filesOf(tab, "drafted", { file, text: migrationFile(up, down) });
  const good = await draft("003_c.sql", "CREATE INDEX t_b ON t (b);", "DROP INDEX t_b;");
  assert.equal(good.files.flatMap(({ findings }) => findings), []);
  assert.equal(good.files[2]?.effect?.changes.length, 1);
  const bad = await draft("003_c.sql", "CREATE INDEX t_c ON t (c);", "DROP INDEX t_c;");
  assert.equal(bad.files[2]?.findings.map(({ level, line }) => [level, line]), [["ERROR", 2]]);
  assert.is(bad.files[2]?.effect, null);
  // Up, down and up again: its DOWN leaves something behind.
  const oneWay = await draft("003_c.sql", "CREATE TABLE u (a);", "SELECT 1;");
  assert.ok((oneWay.files[2]?.findings ?? []).length > 0);
  const replaced = await draft("002_b.sql", "ALTER TABLE t ADD COLUMN z;", "-- none");
  assert.equal(
    replaced.files[1]?.effect?.after.tables[0]?.columns.map(({ name }) => name),
    ["a", "z"],
  );
  assert.equal((await filesOf(tab, "drafted")).files.map(({ file }) => file), Object.keys(GOOD));
  const born = await filesOf(tab, "unborn", { file: "001_a.sql", text: GOOD["001_a.sql"] });
  assert.is(born.files[0]?.effect?.after.tables.length, 1);
});

plugins("a name that is none is refused by every call", async () => {
  const calls = await tab.handle.evaluate(async ({ sandbox }) => {
    const bytes = new TextEncoder().encode("x");
    const asked: Record<string, (plugin: string, sandbox: Sandbox) => Promise<unknown>> = {
      files: (plugin) => sandbox.files(plugin),
      draft: (plugin) => sandbox.files(plugin, { file: "001_a.sql", text: "" }),
      schema: (plugin) => sandbox.schema(plugin),
      query: (plugin) => sandbox.query(plugin, { sql: "SELECT 1", access: "read", limit: 1 }),
      export: (plugin) => sandbox.exportDatabase(plugin),
      backup: (plugin) => sandbox.exportDatabase(plugin, "x.sqlite3"),
      backups: (plugin) => sandbox.request("backups", plugin, "{}"),
      deleteBackup: (plugin) => sandbox.deleteBackup(plugin, "x.sqlite3"),
      import: (plugin) => sandbox.importDatabase(plugin, bytes),
      keep: (plugin) => sandbox.saveFiles(plugin, [{ file: "001_a.sql", bytes }]),
      status: (plugin) => sandbox.request("status", plugin, "{}"),
      apply: (plugin) => sandbox.request("apply", plugin, "{}"),
      rollback: (plugin) => sandbox.request("rollback", plugin, "{}"),
    };
    const answers: [string, string, string][] = [];
    for (const plugin of ["../x", "..", "", "A", "a.b", "a/b", "__proto__", "x".repeat(65)]) {
      for (const [name, call] of Object.entries(asked)) {
        answers.push([plugin, name, JSON.stringify(await call(plugin, sandbox))]);
      }
    }
    return answers;
  });
  assert.is(calls.length, 8 * 13);
  for (const [plugin, call, answer] of calls) {
    assert.match(answer, /"(ok|success)":false/, `${call} ${plugin}`);
    assert.match(answer, /There can be no plugin|PLUGIN_NOT_FOUND/, `${call} ${plugin} ${answer}`);
  }
});

plugins("a name that means something to JavaScript is a name like any other", async () => {
  for (const name of ["constructor", "tostring", "valueof"]) {
    const status = await tab.ask("status", name);
    assert.is(!status.success && status.error_code, "PLUGIN_NOT_FOUND");
    await tab.save(name, GOOD);
    assert.ok((await tab.ask("apply", name)).success);
    assert.equal(await rowsOf(tab, name, "SELECT a FROM t"), [[1]]);
  }
  const entries = await tab.handle.evaluate(({ sandbox }) => sandbox.plugins());
  assert.ok(entries.some(({ name, origin }) => name === "constructor" && origin === "saved"));
});

plugins(
  "files that cannot be saved are refused by name, and those saved before stay",
  async () => {
    await tab.save("strict", GOOD);
    for (const file of ["notes.txt", "../001_a.sql", "a/b.sql", "001_a.sql\n"]) {
      const refused = await tab.save("strict", { ...GOOD, [file]: "" }).then(() => "", String);
      assert.ok(refused.includes(`Cannot save ${JSON.stringify(file)}: `), refused);
    }
    assert.equal((await filesOf(tab, "strict")).files.map(({ file }) => file), Object.keys(GOOD));
    valueOf(await tab.handle.evaluate(({ sandbox }) => sandbox.deleteFiles("strict")));
    const report = await filesOf(tab, "strict").then(() => "", String);
    assert.match(report, /No files are saved for a plugin "strict"/);
  },
);

plugins("many plugins share few workers, and each has its own rows", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `many-${index}`);
  for (const [index, name] of names.entries()) {
    await tab.save(name, {
      "001_a.sql": migrationFile(`CREATE TABLE t (a); INSERT INTO t VALUES (${index});`),
    });
    assert.ok((await tab.ask("apply", name)).success);
  }
  // One for each of six plugins, one for rehearsals on nothing and a spare one, beside the tab's own.
  await untilWorkers(9);
  // All at once, most of them in workers that have to be started anew.
  const rows = await Promise.all(names.map((name) => rowsOf(tab, name, "SELECT a FROM t")));
  assert.equal(rows, names.map((_, index) => [[index]]));
  const statuses = await Promise.all(names.map((name) => tab.ask("status", name)));
  assert.ok(statuses.every((status) => status.success));
  assert.equal(await queried(tab, "many-0", "SELECT b FROM t"), {
    ok: false,
    code: "query-refused",
    message: "no such column: b (line 1, column 8)",
  });
});

/** Waits until the tab has no more workers than that. */
async function untilWorkers(most: number): Promise<void> {
  for (let workers = tab.page.workers(); workers.length > most; workers = tab.page.workers()) {
    await Promise.race(workers.map((worker) => worker.waitForEvent("close")));
  }
}

plugins.run();
