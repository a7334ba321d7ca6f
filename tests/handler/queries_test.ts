// The statements of a plugin's code: which of them a migration breaks, and where that is said.

import * as assert from "uvu/assert";
import { join } from "node:path";
import type { Reply } from "../../lib/message/any_reply.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { type Files, Workspace } from "../support/workspace.ts";

const queries = suite("queries");

const CREATE = migrationFile(
  "CREATE TABLE quotes (id INTEGER PRIMARY KEY, body TEXT NOT NULL, author TEXT);",
  "DROP TABLE quotes;",
);

/** A rebuild without `author`. */
const DROP_AUTHOR = migrationFile(
  `CREATE TABLE n (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
INSERT INTO n SELECT id, body FROM quotes;
DROP TABLE quotes;
ALTER TABLE n RENAME TO quotes;`,
  "ALTER TABLE quotes ADD COLUMN author TEXT;",
);

const ADD_TAG = migrationFile(
  "ALTER TABLE quotes ADD COLUMN tag TEXT;",
  `CREATE TABLE n (id INTEGER PRIMARY KEY, body TEXT NOT NULL, author TEXT);
INSERT INTO n SELECT id, body, author FROM quotes;
DROP TABLE quotes;
ALTER TABLE n RENAME TO quotes;`,
);

// What a check says of the files by themselves.
const OF_FILES = ["drop-column", "rename-table", "possible-violation"];

/** The findings about statements, as `LEVEL code file:line:column message`. */
function linesOf(reply: Reply<"check" | "apply" | "rollback" | "plan">): readonly string[] {
  const all = reply.success ? reply.warnings : [...reply.errors, ...reply.warnings];
  return all.filter(({ code }) => !OF_FILES.includes(code)).map((found) => {
    const { level, code, file, line, column, message } = found;
    return `${level} ${code} ${file}${line === undefined ? "" : `:${line}:${column}`} ${message}`;
  });
}

async function checked(migrations: Files, statements: Files): Promise<readonly string[]> {
  await using workspace = new Workspace();
  workspace.write("p", migrations);
  workspace.writeQueries("p", statements);
  const reply = await (await workspace.migrator()).check("p");
  return linesOf(reply);
}

queries(
  "check names the statement, its position, the file that breaks it, and the reason",
  async () => {
    const found = await checked({ "001_create.sql": CREATE, "002_drop.sql": DROP_AUTHOR }, {
      "quotes.sql": `-- What the bot runs.
SELECT id, body
FROM quotes WHERE author = :author;
INSERT INTO quotes (body, author) VALUES (?, ?2) RETURNING id;
WITH old AS (SELECT id FROM quotes WHERE id < $id) DELETE FROM quotes WHERE id IN old;
UPDATE quotes SET body = @body WHERE id = :id`,
    });
    const advice = "keep what it uses until no released code runs it, or accept " +
      '"broken-query queries/quotes.sql" with its reason';
    assert.equal(found, [
      "ERROR broken-query 002_drop.sql:4:1 The statement at queries/quotes.sql:3:19 no longer " +
      `works: no such column: author, by the DROP TABLE on line 4; ${advice}`,
      "ERROR broken-query 002_drop.sql:4:1 The statement at queries/quotes.sql:4:1 no longer works: " +
      `table quotes has no column named author, by the DROP TABLE on line 4; ${advice}`,
    ]);
  },
);

queries(
  "check has nothing to say about statements that work once their tables are there",
  async () => {
    assert.equal(
      await checked({ "001_create.sql": CREATE, "002_tag.sql": ADD_TAG }, {
        "old.sql": "SELECT author FROM quotes; INSERT INTO quotes (body) VALUES (?);",
        "new.sql": "SELECT tag FROM quotes; PRAGMA table_info(quotes);",
      }),
      [],
    );
  },
);

queries("a statement begins to work with what a view or a trigger behind it needs", async () => {
  const found = await checked({
    "001_create.sql": migrationFile(
      `CREATE TABLE log (a);
CREATE VIEW v AS SELECT body FROM quotes;
CREATE TRIGGER tr AFTER INSERT ON log BEGIN DELETE FROM quotes; END;`,
      "DROP TABLE log; DROP VIEW v;",
    ),
    "002_quotes.sql": CREATE,
  }, { "q.sql": "SELECT body FROM v; INSERT INTO log VALUES (?); SELECT q.id FROM QUOTES AS q;" });
  assert.equal(found.filter((line) => line.includes("query")), []);
});

queries(
  "check says that a statement works at no version, apart from one that a file breaks",
  async () => {
    const found = await checked({ "001_create.sql": CREATE }, {
      "quotes.sql": "SELECT body FROM quotes;\nSELECT colour FROM quotes;\nSELEC 1;",
    });
    assert.equal(found.map((line) => line.replace(/; correct.*/, "")), [
      "ERROR failing-query queries/quotes.sql:2:8 The statement works at no version up to 1: " +
      "no such column: colour",
      'ERROR failing-query queries/quotes.sql:3:1 The statement works at no version up to 1: near "SELEC": ' +
      "syntax error",
    ]);
  },
);

queries("an INSERT that leaves out a column breaks where that becomes NOT NULL", async () => {
  const required = migrationFile(
    `CREATE TABLE n (id INTEGER PRIMARY KEY, body TEXT NOT NULL, author TEXT NOT NULL);
INSERT INTO n SELECT id, body, coalesce(author, '') FROM quotes;
DROP TABLE quotes;
ALTER TABLE n RENAME TO quotes;`,
    DROP_AUTHOR.split("-- DOWN")[0]?.replace("-- UP", "") +
      "ALTER TABLE quotes ADD COLUMN author TEXT;",
  );
  const found = await checked({ "001_create.sql": CREATE, "002_required.sql": required }, {
    "quotes.sql": "INSERT INTO quotes (body) VALUES (?); INSERT INTO quotes VALUES (?, ?, ?);",
  });
  assert.is(found.length, 1);
  assert.match(found[0] ?? "", "ERROR broken-query 002_required.sql");
  assert.match(found[0] ?? "", "it gives quotes.author no value, which is NOT NULL");
});

queries("what is no query is said, prepared at most, and never executed", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  workspace.writeQueries("p", {
    "setup.sql": `PRAGMA user_version = 7;
BEGIN; SAVEPOINT s;
ATTACH 'beside.db' AS beside;
CREATE TABLE made (a);
DROP TABLE quotes;
INSERT INTO plugin_schema_migrations (version) VALUES (1);
SELECT unknown_function(body) FROM quotes;
DELETE FROM quotes;`,
  });
  await workspace.apply("p");
  sqliteShell(workspace.database("p"), "INSERT INTO quotes (body) VALUES ('kept')");
  const reply = await (await workspace.migrator()).check("p", { prove: true, live: true });
  assert.equal(
    linesOf(reply).map((line) => line.replace("The statement is not checked: ", "")),
    [
      "WARNING unchecked-query queries/setup.sql:2:1 it controls a transaction",
      "WARNING unchecked-query queries/setup.sql:2:8 it controls a transaction",
      "WARNING unchecked-query queries/setup.sql:3:1 ATTACH works on another database",
      "WARNING unchecked-query queries/setup.sql:4:1 it changes the schema, which is for migrations",
      "WARNING unchecked-query queries/setup.sql:5:1 it changes the schema, which is for migrations",
      'WARNING unchecked-query queries/setup.sql:6:1 "plugin_schema_migrations" belongs to godwit',
      "WARNING unchecked-query queries/setup.sql:7:8 no such function: unknown_function",
    ],
  );
  assert.is(
    sqliteShell(workspace.database("p"), "SELECT body FROM quotes; PRAGMA user_version"),
    "kept\n0",
  );
});

queries("what the database has and godwit cannot load is not said to be missing", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  sqliteShell(
    workspace.database("p"),
    "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) " +
      "VALUES ('table', 'search', 'search', 0, 'CREATE VIRTUAL TABLE search USING ours (x)');",
  );
  workspace.writeQueries("p", { "q.sql": "SELECT x FROM search; SELECT y FROM lost;" });
  const { check } = await workspace.migrator();
  assert.equal(
    linesOf(await check("p", { prove: true, live: true })).map((line) => line.split(";")[0]),
    [
      "ERROR failing-query queries/q.sql:1:23 The statement works at no version up to 1: " +
      "no such table: lost",
      "WARNING unchecked-query queries/q.sql:1:1 The statement is not checked: " +
      "no such table: search",
    ],
  );
});

queries("a break that a later file of the run mends is a warning that names both", async () => {
  const found = await checked({
    "001_create.sql": CREATE,
    "002_away.sql": migrationFile(
      "ALTER TABLE quotes RENAME TO sayings;",
      "ALTER TABLE sayings RENAME TO quotes;",
    ),
    "003_back.sql": migrationFile(
      "CREATE VIEW quotes AS SELECT * FROM sayings;",
      "DROP VIEW quotes;",
    ),
  }, { "quotes.sql": "SELECT body FROM quotes" });
  assert.equal(found, [
    "WARNING broken-query 002_away.sql:2:1 The statement at queries/quotes.sql:1:1 no longer " +
    "works: no such table: quotes, by the RENAME on line 2, until 003_back.sql has run; " +
    "join the files if it must not fail in between",
  ]);
});

queries(
  "a file accepts that it breaks statements, and keeps the line when they are gone",
  async () => {
    const accepting = "-- accept: broken-query queries/1.0.sql because 1.0 is out of service\n" +
      DROP_AUTHOR;
    const files = { "001_create.sql": CREATE, "002_drop.sql": accepting };
    const found = await checked(files, { "1.0.sql": "SELECT author FROM quotes" });
    assert.is(found.length, 1);
    assert.match(found[0] ?? "", "INFO broken-query 002_drop.sql:5:1 Accepted, because 1.0 is out");
    assert.equal(await checked(files, { "2.0.sql": "SELECT body FROM quotes" }), []);
  },
);

queries("statements of a release are judged at its versions alone", async () => {
  const migrations = { "001_create.sql": CREATE, "002_drop.sql": DROP_AUTHOR };
  const versions = async (range: string): Promise<readonly string[]> =>
    (await checked(migrations, { "1.0.sql": `-- versions: ${range}\nSELECT author FROM quotes` }))
      .map((line) => line.replace(/ (queries|The).*/, ""));
  assert.equal(await versions("to 1"), []);
  assert.equal(await versions("1 to 1"), []);
  assert.equal(await versions("1 to 2"), ["ERROR broken-query 002_drop.sql:4:1"]);
  assert.equal(await versions("from 2"), ["ERROR failing-query"]);
  assert.equal(await versions("2"), ["ERROR directive"]);
});

queries("a run warns of what it breaks, before and after it, and is not refused", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  workspace.writeQueries("p", {
    "quotes.sql": "SELECT author FROM quotes",
    "next.sql": "SELECT tag FROM quotes",
  });
  await workspace.apply("p");
  workspace.write("p", { "002_drop.sql": DROP_AUTHOR });
  const status = await workspace.status("p");
  const warns = (found: { code: string; level: string; migration_version: number | null }[]) =>
    found.filter(({ code }) => code === "broken-query")
      .map(({ level, migration_version }) => `${level} ${migration_version}`);
  assert.equal(warns(status.pending_warnings), ["WARNING 2"]);
  assert.equal(warns((await workspace.succeed("plan", "p")).warnings), ["WARNING 2"]);
  assert.equal(warns((await workspace.apply("p", { dry_run: true })).warnings), ["WARNING 2"]);
  workspace.writeQueries("p", { "quotes.sql": "SELECT body FROM quotes" });
  assert.equal(warns((await workspace.apply("p", { dry_run: true })).warnings), []);
  workspace.writeQueries("p", { "quotes.sql": "SELECT author FROM quotes" });
  assert.equal(warns((await workspace.apply("p")).warnings), ["WARNING 2"]);
  assert.equal(warns((await workspace.rollback("p")).warnings), []);
});

queries("check --live judges on the live schema, and not what applied files broke", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE, "002_drop.sql": DROP_AUTHOR });
  workspace.writeQueries("p", { "old.sql": "SELECT body FROM quotes; SELECT author FROM quotes;" });
  const { check } = await workspace.migrator();
  const live = { prove: true, live: true };
  await workspace.apply("p", { target_version: 1 });
  const codes = async (): Promise<readonly string[]> =>
    linesOf(await check("p", live)).map((line) => line.split(" The ")[0] ?? "")
      .filter((line) => /query/.test(line));
  assert.equal(await codes(), ["ERROR broken-query 002_drop.sql:4:1"]);
  await workspace.apply("p");
  assert.equal(await codes(), ["ERROR failing-query queries/old.sql:1:33"]);
});

queries("a file that cannot be read is an error of check and a warning of a run", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  workspace.writeQueries("p", {
    "bytes.sql": new Uint8Array([0xff, 0x41]),
    "empty.sql": "-- nothing yet\n",
    "nul.sql": "SELECT '\0'",
  });
  Deno.symlinkSync("/etc/passwd", join(workspace.pluginsDir, "p", "queries", "out.sql"));
  const codes = [
    "encoding queries/bytes.sql:1:1",
    "empty-file queries/empty.sql:1:1",
    "nul-character queries/nul.sql:1:1",
    "unreadable-file queries/out.sql",
  ];
  const shortened = (lines: readonly string[]): readonly string[] =>
    lines.map((line) => line.split(" ").slice(0, 3).join(" "));
  assert.equal(
    shortened(linesOf(await (await workspace.migrator()).check("p"))),
    codes.map((code) => `ERROR ${code}`),
  );
  assert.equal(
    shortened(linesOf(await workspace.ask("apply", "p"))),
    codes.map((code) => `WARNING ${code}`),
  );
});

queries("a folder of statements that leads out of the plugin is not read", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  workspace.writeQueries("other", { "x.sql": "SELECT author FROM quotes" });
  Deno.symlinkSync(
    join(workspace.pluginsDir, "other", "queries"),
    join(workspace.pluginsDir, "p", "queries"),
  );
  const [found = ""] = linesOf(await (await workspace.migrator()).check("p"));
  assert.match(found, "ERROR unreadable-file queries/ Cannot read queries/: it is a symbolic link");
});

queries.run();
