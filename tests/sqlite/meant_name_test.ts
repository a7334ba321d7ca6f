// withMeantName(): what SQLite says of a name with a typing error, and which name is meant.

import * as assert from "uvu/assert";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { withMeantName } from "../../lib/sqlite/meant_name.ts";
import { Script } from "../../lib/sqlite/script.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { suite } from "../support/suite.ts";

const meant = suite("withMeantName()");
const sqlite3 = await loadSqlite(sqliteModule);

const SCHEMA = `CREATE TABLE "Quotes" (id INTEGER PRIMARY KEY, author TEXT, quote_text TEXT);
CREATE TABLE votes (quote_id, stars);
CREATE VIEW best AS SELECT id, author AS writer FROM "Quotes";`;

/** What is said about a statement that cannot be prepared. */
function said(sql: string): string {
  using connection = new Connection(sqlite3, { kind: "memory" });
  connection.exec(SCHEMA);
  using script = new Script(connection, sql);
  const prepared = script.prepare();
  if (prepared.kind !== "failed") throw new Error(`${sql} is ${prepared.kind}`);
  return withMeantName(connection, prepared.failure.message, sql);
}

for (
  const [sql, words] of [
    ["SELECT * FROM qoutes", "no such table: qoutes; did you mean Quotes?"],
    ["SELECT * FROM main.quote", "no such table: main.quote; did you mean Quotes?"],
    ["DELETE FROM bst", "no such table: bst; did you mean best?"],
    ["SELECT autor FROM Quotes", "no such column: autor; did you mean author?"],
    ["SELECT q.quotetext FROM quotes q", "no such column: q.quotetext; did you mean quote_text?"],
    ["SELECT writter FROM best", "no such column: writter; did you mean writer?"],
    [
      'SELECT "auhtor" FROM quotes',
      'no such column: "auhtor" - should this be a string literal in single-quotes?; ' +
      "did you mean author?",
    ],
    [
      "INSERT INTO votes (quote_id, star) VALUES (1, 5)",
      "table votes has no column named star; did you mean stars?",
    ],
    [
      "SELECT v.start FROM quotes q JOIN votes AS v",
      "no such column: v.start; did you mean stars?",
    ],
    // It exists, but not there.
    ["SELECT q.stars FROM quotes q JOIN votes v", "no such column: q.stars"],
    ["SELECT q.star FROM quotes q JOIN votes v", "no such column: q.star"],
    ["SELECT quotes.stars FROM quotes JOIN votes", "no such column: quotes.stars"],
    [
      "INSERT INTO votes (author) SELECT author FROM quotes",
      "table votes has no column named author",
    ],
    ["UPDATE votes SET author = (SELECT author FROM quotes)", "no such column: author"],
    ["SELECT * FROM other.quotes", "no such table: other.quotes"],
    // Nothing is near, or what is near belongs to another table.
    ["SELECT * FROM settings", "no such table: settings"],
    ["SELECT start FROM quotes", "no such column: start"],
    ["SELECT * FROM ab", "no such table: ab"],
    ["SELECT nonesuch(1)", "no such function: nonesuch"],
  ] as const
) meant(sql, () => assert.is(said(sql), words));

meant("of an empty database nothing is suggested", () => {
  using connection = new Connection(sqlite3, { kind: "memory" });
  assert.is(withMeantName(connection, "no such table: t", "SELECT * FROM t"), "no such table: t");
});

meant("of a broken view nothing is suggested", () => {
  using connection = new Connection(sqlite3, { kind: "memory" });
  connection.exec("CREATE TABLE quotes (author); CREATE VIEW recent AS SELECT auhtor FROM quotes");
  const sql = "SELECT * FROM recent";
  assert.is(withMeantName(connection, "no such column: auhtor", sql), "no such column: auhtor");
});

meant.run();
