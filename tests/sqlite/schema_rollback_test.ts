// Up and down again: for any sequence of changes the schema and the rows are what they were.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { forAll, type Random } from "../support/random.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const reversing = suite("schema rollback");

interface Change {
  readonly up: string;
  readonly down: string;
}

/** Builds reversible changes; remembers what stands so that each one fits. */
class Architect {
  readonly #random: Random;
  readonly #tables: string[] = ["base"];
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  change(): Change {
    const number = this.#count++;
    const table = this.#random.pickFrom(this.#tables) ?? "base";
    switch (this.#random.integer(0, 6)) {
      case 0: {
        const name = this.#random.pick([`t${number}`, `"odd ""${number}"`]);
        this.#tables.push(name);
        return {
          up: `CREATE TABLE ${name} (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'x;y');
               INSERT INTO ${name} (a) SELECT a FROM base;`,
          down: `DROP TABLE ${name};`,
        };
      }
      case 1:
        return {
          up: `ALTER TABLE ${table} ADD COLUMN c${number} INTEGER DEFAULT ${number};`,
          down: `ALTER TABLE ${table} DROP COLUMN c${number};`,
        };
      case 2:
        return {
          up: `CREATE INDEX i${number} ON ${table} (a DESC) WHERE a IS NOT NULL;`,
          down: `DROP INDEX i${number};`,
        };
      case 3:
        return {
          up: `CREATE VIEW v${number} AS SELECT id, a FROM ${table};`,
          down: `DROP VIEW v${number};`,
        };
      case 4:
        return {
          up: `CREATE TRIGGER tr${number} AFTER INSERT ON ${table} BEGIN
                 UPDATE ${table} SET a = CASE WHEN a = ';' THEN 'END;' ELSE a END; END;`,
          down: `DROP TRIGGER tr${number};`,
        };
      case 5:
        return {
          up: `ALTER TABLE ${table} RENAME COLUMN a TO renamed${number};
               ALTER TABLE ${table} RENAME COLUMN renamed${number} TO a;`,
          down: `UPDATE ${table} SET a = a;`,
        };
      default:
        return {
          up: `INSERT INTO ${table} (id, a) VALUES (${1000 + number}, 'added');`,
          down: `DELETE FROM ${table} WHERE id = ${1000 + number};`,
        };
    }
  }
}

const NOT_GODWITS = "name NOT LIKE 'plugin_schema_migration%' AND name NOT LIKE 'sqlite_%'";

/** The schema and all rows of the base table, as the native shell sees them. */
function stateOf(path: string): string {
  return sqliteShell(
    path,
    `SELECT type, name, sql FROM sqlite_schema WHERE ${NOT_GODWITS} ORDER BY type, name;
     SELECT * FROM base ORDER BY id;`,
  );
}

reversing("restores schema and rows at every version on the way down", async () => {
  await forAll(6, async (random) => {
    await using workspace = new Workspace();
    workspace.write("p", {
      "001_base.sql": migrationFile(
        "CREATE TABLE base (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO base (a) VALUES ('1'), (NULL);",
        "DROP TABLE base;",
      ),
    });
    const architect = new Architect(random);
    const changes = random.list(4, 8, () => architect.change());
    for (const [index, { up, down }] of changes.entries()) {
      const file = `${String(index + 2).padStart(3, "0")}_change.sql`;
      workspace.write("p", { [file]: migrationFile(up, down, "-- requires: sqlite >= 3.35.0") });
    }
    const newest = changes.length + 1;
    const states = new Map<number, string>();
    for (let version = 1; version <= newest; version++) {
      await workspace.apply("p", { target_version: version });
      states.set(version, stateOf(workspace.database("p")));
    }
    for (let version = newest - 1; version >= 1; version--) {
      await workspace.rollback("p");
      assert.is(stateOf(workspace.database("p")), states.get(version));
    }
    await workspace.apply("p");
    assert.is(stateOf(workspace.database("p")), states.get(newest));
    await workspace.rollback("p", { target_version: 0 });
    assert.is(
      sqliteShell(
        workspace.database("p"),
        `SELECT count(*) FROM sqlite_schema WHERE ${NOT_GODWITS}`,
      ),
      "0",
    );
    assert.ok(isIntact(workspace.database("p")));
  });
});

reversing.run();
