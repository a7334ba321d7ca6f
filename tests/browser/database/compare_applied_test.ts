// compareApplied(): a file beside what ran as its version. SQLite alone, in Deno.

import * as assert from "uvu/assert";
import { compareApplied } from "../../../lib/browser/database/compare_applied.ts";
import type { AppliedComparison } from "../../../lib/browser/comparison.ts";
import { createHistoryTables, recordAttempt } from "../../../lib/history/history_table.ts";
import { packText } from "../../../lib/history/file_text.ts";
import { sha256Hex } from "../../../lib/migration/sha256_hex.ts";
import { Connection } from "../../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../../lib/sqlite/wasm_module.js";
import { suite } from "../../support/suite.ts";

const comparing = suite("compareApplied()");
const sqlite3 = await loadSqlite(sqliteModule);

const RAN = `-- UP\nCREATE TABLE t (a);\n-- DOWN\nDROP TABLE t;\n${"-- more\n".repeat(1_000)}`;

/** A database in which a text has run as version 1, and what it has in its log of it. */
async function compare(
  text: string,
  logged: string | null = RAN,
): Promise<AppliedComparison | null> {
  using connection = new Connection(sqlite3, { kind: "memory" });
  createHistoryTables(connection);
  recordAttempt(connection, "p", {
    direction: "apply",
    version: 1,
    name: "create_t",
    checksum: await sha256Hex(RAN),
    at: "2026-01-01T00:00:00.000Z",
    by: "ann",
    executionTimeMs: 1,
    planHash: "0".repeat(64),
    runId: "1",
    error: null,
    backup: null,
    changes: [],
    dataLoss: [],
    fileText: logged === null ? null : await packText(logged),
  });
  assert.is(await compareApplied(connection, "p", 2, text), null);
  return await compareApplied(connection, "p", 1, text);
}

const APPLIED = { appliedAt: "2026-01-01T00:00:00.000Z", appliedBy: "ann" };

comparing("finds no difference in what ran, whether it is logged or not", async () => {
  assert.equal(await compare(RAN), { ...APPLIED, difference: "" });
  assert.equal(await compare(RAN, null), { ...APPLIED, difference: "" });
});

comparing(
  "has the difference from what ran, also where the text has no last line feed",
  async () => {
    const found = await compare("-- UP\nCREATE TABLE t (b);\n-- DOWN\nDROP TABLE t;");
    assert.match(found?.difference ?? "", "--- 001_create_t.sql as it ran\n+++ 001_create_t.sql\n");
    assert.match(found?.difference ?? "", "-CREATE TABLE t (a);\n+CREATE TABLE t (b);\n");
  },
);

comparing("does not know what ran where the log has no text, or another one", async () => {
  assert.equal(await compare("-- UP", null), { ...APPLIED, difference: null });
  assert.equal(await compare("-- UP", "-- altered later"), { ...APPLIED, difference: null });
});

comparing.run();
