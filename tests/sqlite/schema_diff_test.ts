// describeChange(): which table and which column is the same one after a migration.

import * as assert from "uvu/assert";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { describeChange } from "../../lib/sqlite/schema_diff.ts";
import { readSchema } from "../../lib/sqlite/schema_follower.ts";
import { Lineage } from "../../lib/sqlite/schema_lineage.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { suite } from "../support/suite.ts";

const diffs = suite("schema diff");
const sqlite3 = await loadSqlite(sqliteModule);

/** The changes from one CREATE TABLE to another, where the first table was dropped. */
function changesOf(before: string, after: string): readonly string[] {
  using connection = new Connection(sqlite3, { kind: "memory" });
  const read = (sql: string): ReturnType<typeof readSchema> => {
    connection.exec(`DROP TABLE IF EXISTS t; ${sql}`);
    return readSchema(connection, () => false);
  };
  const slice = { before: read(before), after: read(after) };
  const lineage = new Lineage();
  lineage.follow({ before: slice.before, after: readSchema(connection, () => true) }, null);
  return describeChange(slice, lineage).changes.map(({ change, name }) => `${change} ${name}`);
}

diffs("describeChange() finds a column of a rebuilt table again in any case of ASCII", () => {
  assert.equal(changesOf("CREATE TABLE t (Name)", "CREATE TABLE t (name, a)"), ["added a"]);
});

diffs("describeChange() takes É and é for two columns, as SQLite does", () => {
  assert.equal(changesOf('CREATE TABLE t ("É")', 'CREATE TABLE t ("é")'), ["removed É", "added é"]);
});

diffs("describeChange() takes other columns of an index over another table for no loss", () => {
  const index = (columns: string): string =>
    `CREATE VIRTUAL TABLE t USING fts5 (${columns}, content = 'other')`;
  assert.equal(changesOf(index("a, b"), index("a, c")), ["altered t"]);
});

diffs.run();
