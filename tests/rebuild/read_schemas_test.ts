// readSchemaText() and buildScript(): SQL that does not end is stopped at the deadline.

import * as assert from "uvu/assert";
import { deadlineIn } from "../../lib/deadline.ts";
import { buildScript } from "../../lib/rebuild/build_script.ts";
import { readSchemaText } from "../../lib/rebuild/read_schemas.ts";
import { EMPTY_SCHEMA } from "../../lib/sqlite/schema.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { suite } from "../support/suite.ts";
import { NEVER } from "../../lib/deadline.ts";

const reading = suite("schemas");
const sqlite3 = await loadSqlite(sqliteModule);

const ENDLESS = "CREATE TABLE e AS " +
  "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT sum(n) FROM c;";

reading("readSchemaText() stops a statement that does not end, and names its line", () => {
  const deadline = deadlineIn(50, { aborted: false });
  assert.equal(readSchemaText(sqlite3, `CREATE TABLE a (b);\n${ENDLESS}`, deadline), {
    ok: false,
    code: "schema-file",
    message: "schema.sql, line 2: the time limit was reached",
    why: "the time limit was reached",
    position: { line: 2, column: 1 },
  });
});

reading("buildScript() ends at its deadline, and when it is cancelled", () => {
  const wanted = readSchemaText(sqlite3, "CREATE TABLE a (b);", NEVER);
  if (!wanted.ok) throw new Error(wanted.message);
  const options = { renames: [], requires: null };
  for (
    const [deadline, why] of [
      [deadlineIn(0, { aborted: false }), "the time limit was reached"],
      [{ atMs: Infinity, signal: { aborted: true } }, "it was cancelled"],
    ] as const
  ) {
    const built = buildScript(sqlite3, EMPTY_SCHEMA, wanted.value, options, deadline);
    assert.equal(built, {
      ok: false,
      code: "not-generated",
      message: `Cannot write this change: ${why}`,
    });
  }
});

reading.run();
