// SchemaFollower: after each statement it knows what reading the whole schema again would say.

import * as assert from "uvu/assert";
import type { Access } from "../../lib/sqlite/access.ts";
import { CompiledObjects } from "../../lib/sqlite/compiled_objects.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { ForeignKeyFaults } from "../../lib/sqlite/foreign_key_faults.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { readSchema, SchemaFollower } from "../../lib/sqlite/schema_follower.ts";
import { SliceCollector, withChange } from "../../lib/sqlite/schema_slice.ts";
import { SqliteError } from "../../lib/sqlite/sqlite_error.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { forAll, type Random } from "../support/random.ts";
import { suite } from "../support/suite.ts";

const followers = suite("SchemaFollower");
const sqlite3 = await loadSqlite(sqliteModule);

const NAMES = ["a", "B", "c", "é", "d_content"] as const;
// Nothing refers to it but what is attached to it, as with godwit's own tables.
const OMITTED = "hidden";

function randomStatement(random: Random): string {
  const name = (): string => random.pick(NAMES);
  const column = (): string => random.pick(["x", "y", "z"]);
  return random.pick<() => string>([
    () => `CREATE TABLE ${name()} (x, y REFERENCES ${name()} (x))`,
    () => `CREATE TABLE IF NOT EXISTS ${name().toUpperCase()} (x PRIMARY KEY, y) WITHOUT ROWID`,
    () => `CREATE TABLE ${name()} AS SELECT 1 AS x, 2 AS y`,
    () => `CREATE TABLE ${OMITTED} (x)`,
    () => `CREATE INDEX i_${OMITTED} ON ${OMITTED} (x)`,
    () => `DROP TABLE ${OMITTED}`,
    () => `CREATE VIRTUAL TABLE ${random.pick(["d", "a"])} USING fts5 (x)`,
    () => `DROP TABLE ${name()}`,
    () => `DROP TABLE IF EXISTS d`,
    () => `CREATE INDEX i_${name()} ON ${name()} (${column()})`,
    () => `CREATE UNIQUE INDEX u_${name()} ON ${name().toUpperCase()} (x)`,
    () => `DROP INDEX i_${name()}`,
    () => `CREATE VIEW v_${name()} AS SELECT ${column()} FROM ${random.pick(["v_a", ...NAMES])}`,
    () => `DROP VIEW v_${name()}`,
    () => `CREATE TRIGGER t_${name()} AFTER INSERT ON ${name()} BEGIN DELETE FROM ${name()}; END`,
    () => `DROP TRIGGER t_${name()}`,
    () => `ALTER TABLE ${name()} RENAME TO ${random.pick(["a", "B", "é"])}`,
    () => `ALTER TABLE ${name()} RENAME COLUMN ${column()} TO ${column()}`,
    () => `ALTER TABLE ${name()} ADD COLUMN z`,
    () => `ALTER TABLE ${name()} DROP COLUMN ${column()}`,
    () => `INSERT INTO ${name()} VALUES (1, 2)`,
  ])();
}

/** Runs a statement and returns what it did; `null` where SQLite refused it. */
function run(connection: Connection, sql: string): readonly Access[] | null {
  const accesses: Access[] = [];
  connection.authorize((access) => {
    accesses.push(access);
    return 0;
  });
  try {
    connection.exec(sql);
    return accesses;
  } catch (error) {
    if (error instanceof SqliteError) return null;
    throw error;
  } finally {
    connection.authorize(null);
  }
}

followers("knows what a fresh reader reads, and says all that changed", async () => {
  await forAll(150, (random) => {
    using connection = new Connection(sqlite3, { kind: "memory" });
    const isOmitted = (table: string): boolean => table.toLowerCase() === OMITTED;
    const follower = new SchemaFollower(connection, isOmitted);
    const compiled = new CompiledObjects(connection, follower);
    const keys = new ForeignKeyFaults(connection, follower);
    const base = follower.schema;
    const changes = new SliceCollector();
    const log: string[] = [];
    for (let count = 0; count < 25; count++) {
      const sql = randomStatement(random);
      const accesses = run(connection, sql);
      if (accesses === null) continue;
      log.push(sql);
      const slice = follower.follow(accesses);
      compiled.update(slice);
      keys.update(slice);
      changes.add(slice);
      const fresh = new SchemaFollower(connection, isOmitted);
      const at = log.join("; ");
      assert.equal(follower.schema, fresh.schema, at);
      assert.equal(withChange(base, changes.slice), readSchema(connection, isOmitted), at);
      const sorted = <T extends object>(list: readonly T[]): readonly string[] =>
        list.map((each) => JSON.stringify(each)).sort();
      assert.equal(
        sorted(compiled.broken),
        sorted(new CompiledObjects(connection, fresh).broken),
        at,
      );
      assert.equal(sorted(keys.all), sorted(new ForeignKeyFaults(connection, fresh).all), at);
      for (const name of NAMES) {
        assert.equal(
          sorted(follower.childrenOf(name)),
          sorted(fresh.childrenOf(name)),
          `${name} of ${at}`,
        );
      }
    }
  });
});

followers.run();
