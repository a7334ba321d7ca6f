// The whole browser killed while it migrates: what OPFS holds afterwards is a whole version.

import * as assert from "uvu/assert";
import { openChromium } from "../../support/browser.ts";
import { migrationFile } from "../../support/migration_file.ts";
import { Random } from "../../support/random.ts";
import { SandboxServer } from "../../support/sandbox_server.ts";
import { BLANK_PAGE, SandboxTab } from "../../support/sandbox_tab.ts";
import { sqliteShell } from "../../support/sqlite_shell.ts";
import { suite } from "../../support/suite.ts";
import { exported, untilEvent } from "../../support/tab_calls.ts";

const KILLS = 3;
const VERSIONS = 12;
const SEED = 5;
// About as long as all versions take.
const LONGEST_DELAY_MS = 150;

// Every version rebuilds the table, rows and all, and writes its number into each.
const FILES = Object.fromEntries(
  Array.from({ length: VERSIONS }, (_, index) => {
    const version = index + 1;
    const name = `${String(version).padStart(3, "0")}_v.sql`;
    return [
      name,
      version === 1
        ? migrationFile(
          "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER, text TEXT);" +
            "INSERT INTO t WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 6000) " +
            "SELECT n, 1, hex(zeroblob(50)) FROM c;",
          "DROP TABLE t;",
        )
        : migrationFile(rebuild(version), rebuild(version - 1)),
    ];
  }),
);

function rebuild(version: number): string {
  return "CREATE TABLE n (id INTEGER PRIMARY KEY, v INTEGER, text TEXT);" +
    `INSERT INTO n SELECT id, ${version}, text FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t;`;
}

const kills = suite("killing the browser");

kills("history and rows agree after every kill", async () => {
  await using site = await SandboxServer.start({ files: BLANK_PAGE });
  await using browser = await openChromium();
  const random = new Random(SEED);
  let tab = await SandboxTab.open(browser, site.url);
  await tab.save("killed", FILES);
  const versions: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const verb = (versions.at(-1) ?? 0) < VERSIONS / 2 ? "apply" : "rollback";
    // The reply dies with the browser.
    tab.ask(verb, "killed", verb === "apply" ? {} : { target_version: 1 }).catch(() => {});
    await untilEvent(tab, "killed", "migration_started");
    await new Promise((resolve) => setTimeout(resolve, random.integer(0, LONGEST_DELAY_MS)));
    await browser.killAndRestart();
    tab = await SandboxTab.open(browser, site.url);
    versions.push(await wholeVersion(tab));
  }
  console.log(`versions after the kills: ${versions.join(", ")}`);
  assert.ok((await tab.ask("apply", "killed")).success);
  assert.is(await wholeVersion(tab), VERSIONS);
  browser.assertQuiet();
});

/** The version that history, rows and SQLite's own program agree on. */
async function wholeVersion(tab: SandboxTab): Promise<number> {
  const status = await tab.ask("status", "killed");
  assert.ok(status.success && status.verb === "status", JSON.stringify(status));
  const version = status.current_version;
  const bytes = await exported(tab, "killed");
  if (bytes === null) {
    assert.is(version, 0);
    return 0;
  }
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeFileSync(path, bytes);
    assert.is(sqliteShell(path, "PRAGMA integrity_check"), "ok");
    const rows = "SELECT name, (SELECT group_concat(DISTINCT v) || ' ' || count(*) FROM t) ";
    const tables = "FROM sqlite_schema WHERE type = 'table' AND name IN ('t', 'n')";
    if (version > 0) assert.is(sqliteShell(path, rows + tables), `t|${version} 6000`);
  } finally {
    Deno.removeSync(path);
  }
  return version;
}

kills.run();
