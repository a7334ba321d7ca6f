// importFile(): a database takes the place of another, whatever is there. In this thread, in memory.

import * as assert from "uvu/assert";
import { join } from "node:path";
import type { BackupLabel } from "../../../lib/backup/backup_record.ts";
import { memoryEnvironment } from "../../../lib/browser/database/memory_environment.ts";
import { SandboxHost } from "../../../lib/browser/database/sandbox_host.ts";
import { loadSqlite } from "../../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../../lib/sqlite/wasm_module.js";
import { memoryStorage } from "../../../lib/vfs/memory_storage.ts";
import { sqliteShell } from "../../support/sqlite_shell.ts";
import { suite } from "../../support/suite.ts";

const imports = suite("importFile()");

const LABEL: BackupLabel = {
  plugin: "p",
  tenant: null,
  reason: "import",
  planHash: null,
  runId: null,
  at: "2026-01-31T12:00:00.000Z",
};

function databaseWith(sql: string): Uint8Array<ArrayBuffer> {
  const directory = Deno.makeTempDirSync({ prefix: "godwit-test-" });
  try {
    sqliteShell(join(directory, "it.sqlite3"), sql);
    return Deno.readFileSync(join(directory, "it.sqlite3"));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

imports("keeps the bytes of a database that cannot be opened, as a restore does", async () => {
  const sqlite3 = await loadSqlite(sqliteModule);
  const file = databaseWith("CREATE TABLE mine (a); INSERT INTO mine VALUES (1)");
  const damaged = databaseWith("CREATE TABLE theirs (a)");
  // The page of the schema is of a kind that there is not.
  damaged[100] = 0xff;
  for (const there of [new TextEncoder().encode("not a database".repeat(100)), damaged]) {
    const storage = memoryStorage();
    const environment = memoryEnvironment(sqlite3, storage);
    const opened = storage.open("/p.sqlite3", { access: "read-write", existence: "create" });
    opened.write(there, 0);
    opened.close();
    const host = new SandboxHost(
      () => Promise.resolve(sqlite3),
      () => Promise.resolve(environment),
    );
    await host.start(sqliteModule, { kind: "memory" });
    await host.open({ kind: "plugin", plugin: "p", tenant: null }, null);
    assert.equal(await host.importFile(file, LABEL, null), { ok: true, value: undefined });
    const query = { sql: "SELECT a FROM mine", access: "read", limit: 9 } as const;
    const rows = await host.query(query, { timeoutMs: 60_000, cancelFlag: null });
    assert.ok(rows.ok, JSON.stringify(rows));
    const listed = await host.listBackups({ verify: true, limit: 9, offset: 0 });
    assert.ok(listed.ok);
    const [kept, ...others] = listed.value.backups;
    assert.equal([kept?.state, kept?.record?.reason, others.length], ["unreadable", "import", 0]);
    assert.equal(await host.exportFile(kept?.name ?? ""), { ok: true, value: there });
    host.close();
  }
});

const FOREIGN = `
CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE pets (id INTEGER PRIMARY KEY, owner REFERENCES owners);
CREATE INDEX pets_owner ON pets (owner);
CREATE VIEW named AS SELECT name FROM owners;
CREATE TRIGGER no_owner AFTER DELETE ON owners BEGIN UPDATE pets SET owner = NULL; END;
INSERT INTO owners VALUES (1, 'Ada');`;

async function openHost(): Promise<SandboxHost> {
  const sqlite3 = await loadSqlite(sqliteModule);
  const host = new SandboxHost(
    () => Promise.resolve(sqlite3),
    () => Promise.resolve(memoryEnvironment(sqlite3)),
  );
  await host.start(sqliteModule, { kind: "memory" });
  await host.open({ kind: "plugin", plugin: "p", tenant: null }, null);
  return host;
}

imports("a database without a history gets a baseline, which is recorded as applied", async () => {
  const host = await openHost();
  const bytes = databaseWith(FOREIGN);
  const read = await host.readDatabase(bytes);
  assert.ok(read.ok && read.value.baseline?.ok === true, JSON.stringify(read));
  assert.equal([read.value.tables, read.value.owners], [["owners", "pets", "named"], []]);
  const baseline = read.value.baseline.value;
  assert.is(baseline.file, "001_baseline.sql");

  const other = { ...baseline, text: baseline.text.replace("name TEXT", "name BLOB") };
  const refused = await host.importFile(bytes, LABEL, other);
  assert.match(refused.ok ? "" : refused.message, /does not make the schema .*: table "owners"/);
  assert.is((await host.exportFile(null)).ok, true);

  assert.equal(await host.importFile(bytes, LABEL, baseline), { ok: true, value: undefined });
  const sql = "SELECT version, name, status, applied_by FROM plugin_schema_migrations";
  const recorded = await host.query(
    { sql, access: "read", limit: 9 },
    { timeoutMs: 60_000, cancelFlag: null },
  );
  assert.equal(recorded.ok && recorded.value.rows, [[1, "baseline", "applied", "sandbox"]]);

  const exported = await host.exportFile(null);
  assert.ok(exported.ok && exported.value !== null);
  const again = await host.readDatabase(exported.value);
  assert.equal(again.ok && [again.value.owners, again.value.files, again.value.baseline], [
    ["p"],
    [baseline],
    null,
  ]);
  host.close();
});

imports("what is no database, or has a schema that files cannot make, is said", async () => {
  const host = await openHost();
  const text = await host.readDatabase(new TextEncoder().encode("notes"));
  assert.match(text.ok ? "" : text.message, /not a SQLite database/);
  const odd = await host.readDatabase(
    databaseWith(
      "CREATE TABLE t (a); PRAGMA writable_schema = ON; INSERT INTO sqlite_schema " +
        "VALUES ('table', 'x', 'x', 0, 'CREATE VIRTUAL TABLE x USING absent (a)')",
    ),
  );
  assert.ok(odd.ok, JSON.stringify(odd));
  assert.is(odd.value.baseline?.ok, false);
  host.close();
});

imports.run();
