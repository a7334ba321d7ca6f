// readSchema(): what a schema holds.

import * as assert from "uvu/assert";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { readSchema } from "../../lib/sqlite/schema_follower.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { suite } from "../support/suite.ts";

const schemas = suite("schema");
const sqlite3 = await loadSqlite(sqliteModule);

schemas("readSchema() omits a table with its indexes and triggers", () => {
  using connection = new Connection(sqlite3, { kind: "memory" });
  connection.exec(`
    CREATE TABLE kept (a);
    CREATE INDEX kept_a ON kept (a);
    CREATE TRIGGER kept_added AFTER INSERT ON kept BEGIN SELECT 1; END;
    CREATE TABLE hidden (a);
    CREATE INDEX hidden_a ON hidden (a);
    CREATE TRIGGER hidden_added AFTER INSERT ON hidden BEGIN SELECT 1; END;
    CREATE VIEW shown AS SELECT a FROM kept;`);
  const names = (isOmitted: (table: string) => boolean): readonly string[] => {
    const { tables, indexes, triggers, views } = readSchema(connection, isOmitted);
    return [tables, indexes, triggers, views].flat().map(({ name }) => name);
  };
  assert.equal(names((table) => table === "hidden"), ["kept", "kept_a", "kept_added", "shown"]);
  assert.is(names(() => false).length, 7);
});

schemas.run();
