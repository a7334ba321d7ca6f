// Views, triggers and indexes through a migration: what breaks is refused, what gets lost is reported.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { untouched } from "../support/untouched.ts";
import { Workspace } from "../support/workspace.ts";

const integrity = suite("schema integrity");

const BASE = migrationFile(
  `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
CREATE TABLE log (line TEXT);
CREATE INDEX t_a ON t (a DESC);
CREATE UNIQUE INDEX t_b ON t (b) WHERE b IS NOT NULL;
CREATE VIEW v AS SELECT a, b FROM t;
CREATE TRIGGER t_log AFTER INSERT ON t BEGIN INSERT INTO log (line) VALUES (NEW.a); END;
CREATE TRIGGER v_insert INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (NEW.a); END;
INSERT INTO t VALUES (1, 'x', 'y'), (2, 'z', NULL);`,
  "DROP VIEW v; DROP TABLE t; DROP TABLE log;",
);

const REBUILD = `CREATE TABLE t_new (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT);
INSERT INTO t_new SELECT id, a, b FROM t;
DROP TABLE t;
ALTER TABLE t_new RENAME TO t;`;

const DROP_COLUMN = "-- requires: sqlite >= 3.35.0";

async function withBase(): Promise<Workspace> {
  const workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE });
  await workspace.apply("p");
  return workspace;
}

integrity("a view or a trigger that a step breaks is refused, before anything runs", async () => {
  await using workspace = await withBase();
  for (
    const [sql, code, says] of [
      ["DROP TABLE t;", "broken-view", 'The view "v" no longer works: no such table: main.t'],
      ["DROP TABLE log;", "broken-trigger", "(t_log) no longer works: no such table: main.log"],
      [
        "CREATE TABLE n (id INTEGER PRIMARY KEY, b TEXT); INSERT INTO n SELECT id, b FROM t;" +
        " DROP TABLE t; ALTER TABLE n RENAME TO t;",
        "broken-view",
        "no such column: a",
      ],
      ["CREATE VIEW w AS SELECT missing FROM t;", "broken-view", "no such column: missing"],
      [
        "CREATE TRIGGER tr AFTER DELETE ON t BEGIN INSERT INTO nowhere VALUES (1); END;",
        "broken-trigger",
        "no such table: main.nowhere",
      ],
      [
        "CREATE TRIGGER tr AFTER UPDATE OF a ON t BEGIN SELECT OLD.missing; END;",
        "broken-trigger",
        "no such column: OLD.missing",
      ],
    ] as const
  ) {
    workspace.write("p", { "002_bad.sql": migrationFile(sql, "SELECT 1;") });
    const reply = await untouched(workspace, "p", () => workspace.refused("apply", "p"));
    assert.is(reply.error_code, "VALIDATION_FAILED", sql);
    const found = reply.errors.find((each) => each.code === code);
    assert.match(found?.message ?? JSON.stringify(reply.errors), says);
    assert.match(found?.message ?? "", "drop it first and create it again");
  }
});

integrity(
  "INSTEAD OF triggers: each is compiled, and a view need not take every kind of write",
  async () => {
    await using workspace = await withBase();
    const trigger = (event: string, column: string): string =>
      `CREATE TRIGGER v_${event} INSTEAD OF ${event} ON v BEGIN UPDATE t SET a = OLD.${column}; END;`;
    for (const event of ["UPDATE", "DELETE"]) {
      workspace.write("p", { "002_bad.sql": migrationFile(trigger(event, "missing")) });
      const { errors } = await workspace.refused("apply", "p");
      assert.equal(errors.map(({ code }) => code), ["broken-trigger"]);
      assert.match(errors[0]?.message ?? "", "no such column: OLD.missing");
    }
    workspace.write("p", { "002_bad.sql": migrationFile(trigger("UPDATE", "a")) });
    assert.is((await workspace.apply("p")).current_version, 2);
  },
);

// SQLite keeps the name in a trigger as it was typed.
integrity("INSTEAD OF triggers work on a view whose name is typed in another case", async () => {
  await using workspace = await withBase();
  workspace.write("p", {
    "002_fine.sql": migrationFile(
      "CREATE TRIGGER v_update INSTEAD OF UPDATE ON V BEGIN UPDATE t SET a = NEW.a; END;" +
        " CREATE VIEW w AS SELECT a FROM t;" +
        " CREATE TRIGGER w_delete INSTEAD OF DELETE ON W BEGIN DELETE FROM t WHERE a = OLD.a; END;",
      "DROP VIEW w; DROP TRIGGER v_update;",
    ),
  });
  assert.is((await workspace.apply("p")).current_version, 2);
});

integrity("a lost trigger is reported where its table is typed in another case", async () => {
  await using workspace = await withBase();
  workspace.write("p", {
    "002_trigger.sql": migrationFile(
      "CREATE TRIGGER t_gone AFTER DELETE ON T BEGIN INSERT INTO log VALUES (OLD.a); END;",
      "DROP TRIGGER t_gone;",
    ),
    "003_rebuild.sql": migrationFile(REBUILD, "SELECT 1;"),
  });
  const { warnings } = await workspace.apply("p", { dry_run: true });
  const lost = warnings.filter(({ code }) => code === "lost-trigger").map(({ message }) => message);
  assert.is(lost.length, 2);
  assert.match(lost.join(), '"t_gone"');
});

integrity("what was broken before is no reason to refuse", async () => {
  await using workspace = await withBase();
  sqliteShell(
    workspace.database("p"),
    "CREATE VIEW odd AS SELECT missing FROM nowhere;" +
      " CREATE TRIGGER odd_trigger AFTER DELETE ON log BEGIN INSERT INTO nowhere VALUES (1); END;",
  );
  workspace.write("p", { "002_fine.sql": migrationFile("CREATE TABLE fine (a);") });
  assert.is((await workspace.apply("p")).current_version, 2);
});

integrity("a rebuild keeps the views and triggers that name the table", async () => {
  await using workspace = await withBase();
  workspace.write("p", {
    "002_rebuild.sql": migrationFile(
      `${REBUILD}
CREATE INDEX t_a ON t (a DESC);
CREATE UNIQUE INDEX t_b ON t (b) WHERE b IS NOT NULL;
CREATE TRIGGER t_log AFTER INSERT ON t BEGIN INSERT INTO log (line) VALUES (NEW.a); END;`,
      "SELECT 1;",
    ),
  });
  const reply = await workspace.apply("p");
  assert.equal(reply.warnings, []);
  assert.equal(reply.applied_migrations[0]?.data_loss, []);
  assert.equal(
    reply.applied_migrations[0]?.changes.map(({ change, object, name, detail }) =>
      `${change} ${object} ${name}: ${detail}`
    ),
    ["altered column a: now NOT NULL"],
  );
  const database = workspace.database("p");
  sqliteShell(database, "INSERT INTO v (a) VALUES ('through the view')");
  assert.is(sqliteShell(database, "SELECT a FROM v ORDER BY a"), "through the view\nx\nz");
  assert.is(sqliteShell(database, "SELECT count(*) FROM log WHERE line = 'through the view'"), "1");
  assert.ok(isIntact(database));
});

integrity("indexes and triggers that a rebuild does not make again are reported", async () => {
  await using workspace = await withBase();
  workspace.write("p", { "002_rebuild.sql": migrationFile(REBUILD, "SELECT 1;") });
  const { warnings } = await workspace.apply("p", { dry_run: true });
  assert.equal(warnings.map(({ code, level }) => `${code} ${level}`).sort(), [
    "lost-index WARNING",
    "lost-index WARNING",
    "lost-trigger WARNING",
  ]);
  assert.match(warnings.map(({ message }) => message).join(), 'loses the index "t_a"');
  assert.match(warnings.map(({ message }) => message).join(), "create it again after the rename");
});

integrity("an index that comes back under another name or as UNIQUE is not lost", async () => {
  await using workspace = await withBase();
  const lostBy = async (columns: string, indexes: string): Promise<readonly string[]> => {
    workspace.write("p", {
      "002_rebuild.sql": migrationFile(
        `CREATE TABLE n (${columns}); INSERT INTO n SELECT * FROM t; ${indexes}
DROP TABLE t; ALTER TABLE n RENAME TO t;`,
        "SELECT 1;",
      ),
    });
    const { warnings } = await workspace.apply("p", { dry_run: true });
    return warnings.filter(({ code }) => code === "lost-index").map(({ message }) => message);
  };
  const columns = "id INTEGER PRIMARY KEY, a TEXT, b TEXT";
  const back = "CREATE INDEX n_a ON n (a DESC);" +
    " CREATE UNIQUE INDEX n_b ON n (b) WHERE b  IS NOT NULL;";
  assert.equal(await lostBy(columns, back), []);
  assert.is((await lostBy(columns, back.replace("UNIQUE", ""))).length, 1);
  assert.is((await lostBy(columns, back.replace("a DESC", "a"))).length, 1);
  assert.is((await lostBy(columns, back.replace("(b) WHERE b ", "(b) WHERE a "))).length, 1);
  assert.is((await lostBy(`${columns}, UNIQUE (a DESC)`, back.slice(back.indexOf(";")))).length, 0);
});

integrity("an INSTEAD OF trigger that goes with a replaced view is reported", async () => {
  await using workspace = await withBase();
  const sql = "DROP VIEW v; CREATE VIEW v AS SELECT a, b, 1 AS one FROM t;";
  workspace.write("p", { "002_view.sql": migrationFile(sql, "SELECT 1;") });
  const { warnings } = await workspace.apply("p", { dry_run: true });
  assert.equal(warnings.map(({ code }) => code), ["lost-trigger"]);
  assert.match(warnings[0]?.message ?? "", 'Replacing the view "v" loses the trigger "v_insert"');
  for (const more of ["DROP TRIGGER v_insert;", "DROP VIEW v;"]) {
    workspace.write("p", {
      "002_view.sql": migrationFile(more === "DROP VIEW v;" ? more : `${more} ${sql}`, "SELECT 1;"),
    });
    assert.equal((await workspace.apply("p", { dry_run: true })).warnings, []);
  }
});

integrity("an index or a trigger that is dropped by name is not lost", async () => {
  await using workspace = await withBase();
  workspace.write("p", {
    "002_drop.sql": migrationFile("DROP INDEX t_a; DROP TRIGGER t_log;", "SELECT 1;"),
    "003_rebuild.sql": migrationFile(`DROP INDEX t_b;\n${REBUILD}`, "SELECT 1;"),
  });
  const { warnings, applied_migrations } = await workspace.apply("p");
  assert.equal(warnings, []);
  assert.equal(
    applied_migrations[0]?.changes.map(({ change, object, name }) => `${change} ${object} ${name}`),
    ["removed index t_a", "removed trigger t_log"],
  );
});

integrity("a rename by legacy rules is used for a rebuild alone", async () => {
  await using workspace = await withBase();
  workspace.write("p", {
    "002_rename.sql": migrationFile(
      "ALTER TABLE t RENAME TO things;",
      "ALTER TABLE things RENAME TO t;",
    ),
  });
  await workspace.apply("p");
  const sql = sqliteShell(
    workspace.database("p"),
    "SELECT sql FROM sqlite_schema WHERE name = 'v'",
  );
  assert.match(sql, "things");
  await workspace.rollback("p");
  assert.is(sqliteShell(workspace.database("p"), "SELECT count(*) FROM v"), "2");
});

integrity("a table that is dropped and made again is not a dropped table", async () => {
  await using workspace = await withBase();
  workspace.write("p", {
    "002_again.sql": migrationFile(
      "DROP TABLE log; CREATE TABLE log (line TEXT, at TEXT);",
      "SELECT 1;",
    ),
  });
  const { applied_migrations: [entry], warnings } = await workspace.apply("p", { dry_run: true });
  assert.equal(entry?.changes.map(({ change, object, name }) => `${change} ${object} ${name}`), [
    "added column at",
  ]);
  assert.not.ok(warnings.some(({ code }) => code === "drop-table"));
});

integrity("FTS5: shadow tables are not counted, and go with their table", async () => {
  await using workspace = await withBase();
  workspace.write("p", {
    "002_search.sql": migrationFile(
      `CREATE VIRTUAL TABLE search USING fts5 (a, content = 't', content_rowid = 'id');
INSERT INTO search (search) VALUES ('rebuild');
CREATE TRIGGER t_search AFTER INSERT ON t BEGIN
  INSERT INTO search (rowid, a) VALUES (NEW.id, NEW.a);
END;
INSERT INTO t (a) VALUES ('needle in a haystack');`,
      "DROP TRIGGER t_search; DROP TABLE search;",
    ),
  });
  const { applied_migrations: [up], warnings } = await workspace.apply("p");
  assert.equal(up?.changes.map(({ change, object, name }) => `${change} ${object} ${name}`), [
    "added table search",
    "added trigger t_search",
  ]);
  assert.equal([up?.data_loss, warnings], [[], []]);
  const database = workspace.database("p");
  assert.is(sqliteShell(database, "SELECT count(*) FROM search WHERE search MATCH 'needle'"), "1");

  const { rolled_back_migrations: [down] } = await workspace.rollback("p");
  assert.equal(down?.changes.map(({ change, object, name }) => `${change} ${object} ${name}`), [
    "removed table search",
    "removed trigger t_search",
  ]);
  assert.is(
    sqliteShell(database, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'search%'"),
    "0",
  );
});

integrity("FTS5: a content table with the name of a shadow table is one", async () => {
  await using workspace = await withBase();
  workspace.write("p", {
    "002_search.sql": migrationFile(
      `CREATE TABLE search_content (id INTEGER PRIMARY KEY, a TEXT);
CREATE INDEX search_content_a ON search_content (a);
INSERT INTO search_content VALUES (1, 'needle in a haystack');
CREATE VIRTUAL TABLE search USING fts5 (a, content = 'search_content', content_rowid = 'id');
INSERT INTO search (search) VALUES ('rebuild');`,
      "DROP TABLE search;",
    ),
  });
  assert.is((await workspace.apply("p")).current_version, 2);
  workspace.write("p", { "003_more.sql": migrationFile("CREATE TABLE more (a);") });
  assert.is((await workspace.apply("p")).current_version, 3);
  const database = workspace.database("p");
  assert.is(sqliteShell(database, "SELECT count(*) FROM search WHERE search MATCH 'needle'"), "1");
});

integrity("a temporary table does not answer for the table whose name it takes", async () => {
  await using workspace = await withBase();
  workspace.write("p", {
    "002_temp.sql": migrationFile(
      "CREATE TEMP TABLE fresh (x TEXT); CREATE TABLE main.fresh (a INTEGER, b INTEGER);" +
        " CREATE TEMP TABLE log (z); ALTER TABLE main.log ADD COLUMN at TEXT;",
      "DROP TABLE fresh; SELECT 1;",
    ),
    "003_plain.sql": migrationFile("ALTER TABLE fresh DROP COLUMN b;", "SELECT 1;", DROP_COLUMN),
  });
  const { applied_migrations: [temp, plain] } = await workspace.apply("p");
  assert.equal(temp?.changes.map(({ change, object, name }) => `${change} ${object} ${name}`), [
    "added column at",
    "added table fresh",
  ]);
  assert.equal(plain?.changes.map(({ change, object, name }) => `${change} ${object} ${name}`), [
    "removed column b",
  ]);
});

integrity("STRICT, WITHOUT ROWID and constraints that change are named", async () => {
  await using workspace = await withBase();
  workspace.write("p", {
    "002_strict.sql": migrationFile(
      "CREATE TABLE n (line TEXT PRIMARY KEY) STRICT, WITHOUT ROWID; INSERT INTO n SELECT * FROM log;" +
        " DROP TABLE log; ALTER TABLE n RENAME TO log;",
      "SELECT 1;",
    ),
    "003_check.sql": migrationFile(
      "CREATE TABLE n (line TEXT PRIMARY KEY, CHECK (line <> '')) STRICT, WITHOUT ROWID;" +
        " INSERT INTO n SELECT * FROM log; DROP TABLE log; ALTER TABLE n RENAME TO log;",
      "SELECT 1;",
    ),
  });
  const { applied_migrations: [strict, check] } = await workspace.apply("p");
  const details = strict?.changes.map(({ detail }) => detail).join("; ") ?? "";
  for (const part of ["now STRICT", "now WITHOUT ROWID", "place in the primary key"]) {
    assert.match(details, part);
  }
  assert.equal(check?.changes.map(({ change, object, detail }) => [change, object, detail]), [
    ["altered", "table", "definition"],
  ]);
});

integrity.run();
