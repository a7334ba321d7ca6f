// columnWithoutValue(): statements that fail on every row, because a NOT NULL column gets no value.

import * as assert from "uvu/assert";
import { columnWithoutValue } from "../../lib/rehearsal/column_without_value.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { suite } from "../support/suite.ts";

const columns = suite("columnWithoutValue");
const sqlite3 = await loadSqlite(sqliteModule);

const SCHEMA = `
CREATE TABLE q (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT NOT NULL, c NOT NULL DEFAULT 'x');
CREATE TRIGGER tr AFTER INSERT ON q BEGIN UPDATE q SET b = NULL WHERE id = 7; END;
CREATE TABLE s (a INT NOT NULL, b TEXT NOT NULL) STRICT;
CREATE TABLE w (a TEXT PRIMARY KEY, b TEXT NOT NULL) WITHOUT ROWID;
CREATE VIEW v AS SELECT * FROM q;
CREATE TRIGGER vi INSTEAD OF INSERT ON v BEGIN INSERT INTO q (a) VALUES (new.a); END;`;

/** Each statement, and the column that it gives no value. */
const STATEMENTS: Readonly<Record<string, string | null>> = {
  "INSERT INTO q (a) VALUES (?)": "q.b",
  "INSERT INTO q (a) VALUES ('1'), ('2')": "q.b",
  "INSERT INTO q (a) SELECT a FROM q": "q.b",
  "INSERT INTO q (a, b) VALUES (?, NULL)": "q.b",
  "INSERT INTO q DEFAULT VALUES": "q.a",
  "INSERT OR REPLACE INTO q (a) VALUES (:a) RETURNING id": "q.b",
  "INSERT INTO q (a) VALUES (?) ON CONFLICT (id) DO UPDATE SET a = excluded.a": "q.b",
  "INSERT INTO q (a) SELECT o.a FROM q AS o LEFT JOIN q AS n ON n.id = o.b ORDER BY 1": "q.b",
  "INSERT INTO s (a) VALUES (1)": "s.b",
  "INSERT INTO w (b) VALUES (2)": "w.a",
  "UPDATE q SET a = NULL": "q.a",
  "INSERT INTO q (a, b) VALUES (?, ?)": null,
  "INSERT INTO q VALUES (?, ?, ?, ?)": null,
  "INSERT INTO q (a, b) VALUES (coalesce(NULL, ?), CASE WHEN ? THEN NULL ELSE 1 END)": null,
  "INSERT INTO q (a, b) VALUES ((SELECT a FROM q WHERE id = ?), max(?, ?))": null,
  "INSERT INTO q (a, b) SELECT max(a), group_concat(b) FROM q": null,
  "INSERT INTO q (a, b) SELECT o.a, n.b FROM q AS o LEFT JOIN q AS n ON n.id = o.b": null,
  "INSERT OR IGNORE INTO q (a) VALUES (?)": null,
  "INSERT INTO v (a) VALUES (?)": null,
  "UPDATE q SET a = :a": null,
  "DELETE FROM q": null,
};

for (const [sql, expected] of Object.entries(STATEMENTS)) {
  columns(`${sql} leaves out ${expected ?? "nothing"}, as SQLite says when it runs`, () => {
    using connection = new Connection(sqlite3, { kind: "memory" });
    connection.exec(SCHEMA);
    assert.is(columnWithoutValue(connection, sql), expected);
    if (expected === null) return;
    connection.exec("INSERT INTO s VALUES (1, 'x')");
    connection.exec("DROP TRIGGER tr; INSERT INTO q (a, b) VALUES ('x', 'y')");
    const parameters = sql.match(/[?:]\w*/g) ?? [];
    assert.throws(
      () => connection.rows(sql, parameters.map((_, index) => `value ${index}`)),
      new RegExp(`NOT NULL constraint failed: ${expected}`),
    );
  });
}

columns.run();
