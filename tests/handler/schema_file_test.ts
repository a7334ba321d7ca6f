// diff, dump and check on a plugin's schema.sql.

import * as assert from "uvu/assert";
import { call } from "../../lib/handler/dispatch.ts";
import type { DiffReply, DiffRequest } from "../../lib/message/schema_file.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const files = suite("schema.sql");

const BASE = migrationFile(
  `CREATE TABLE quotes (id INTEGER PRIMARY KEY, author TEXT, text TEXT NOT NULL);
INSERT INTO quotes VALUES (1, 'Ada', 'x'), (2, NULL, 'y');`,
  "DROP TABLE quotes;",
);
const SCHEMA = "CREATE TABLE quotes (id INTEGER PRIMARY KEY, author TEXT, text TEXT NOT NULL);";

async function diff(workspace: Workspace, request: DiffRequest = {}): Promise<DiffReply> {
  const { context } = await workspace.migrator();
  const reply = await call("diff", "p", request, context);
  if (!reply.success) throw new Error(reply.message);
  return reply;
}

async function refusal(workspace: Workspace, request: DiffRequest = {}): Promise<string> {
  const { context } = await workspace.migrator();
  const reply = await call("diff", "p", request, context);
  if (reply.success) throw new Error("The request was not refused");
  return `${reply.error_code}: ${reply.message}`;
}

files("diff() has no file where white space, comments and quotes alone differ", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE });
  workspace.writeSchema(
    "p",
    `-- The quotes.
CREATE TABLE IF NOT EXISTS "quotes" (
    id INTEGER PRIMARY KEY, -- the number
    author TEXT,
    text TEXT NOT NULL
);`,
  );
  const { differences, schema_diff, file, version } = await diff(workspace);
  assert.equal([differences, schema_diff, file, version], [[], "", null, 2]);
});

files("diff() writes the file that leads to schema.sql, and back", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE });
  await workspace.apply("p");
  workspace.writeSchema("p", SCHEMA.replace("text TEXT NOT NULL", "text TEXT NOT NULL, year INT"));
  const { file, losses } = await diff(workspace, { description: "add the year" });
  assert.equal(losses, []);
  assert.match(file ?? "", /^-- add the year\n[^]*\nALTER TABLE quotes ADD COLUMN year INT;/);
  workspace.write("p", { "002_year.sql": file ?? "" });
  await workspace.apply("p");
  const path = workspace.database("p");
  assert.is(sqliteShell(path, "SELECT * FROM quotes"), "1|Ada|x|\n2||y|");
  assert.equal((await diff(workspace)).differences, []);
  await workspace.rollback("p");
  assert.is(sqliteShell(path, "SELECT * FROM quotes"), "1|Ada|x\n2||y");
});

files("diff() shows what changes, and not that RENAME has written a name in quotes", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_base.sql": BASE,
    "002_rename.sql": migrationFile(
      "ALTER TABLE quotes RENAME TO sayings;",
      "ALTER TABLE sayings RENAME TO quotes;",
    ),
  });
  const schema = SCHEMA.replace("quotes", "sayings");
  const added = { schema: `${schema}\nCREATE INDEX authors ON sayings (author);` };
  assert.is(
    (await diff(workspace, added)).schema_diff,
    `--- files
+++ schema.sql
@@ -1,1 +1,2 @@
 CREATE TABLE "sayings" (id INTEGER PRIMARY KEY, author TEXT, text TEXT NOT NULL);
+CREATE INDEX authors ON sayings (author);
`,
  );
  const altered = { schema: schema.replace("author TEXT", "author TEXT DEFAULT '?'") };
  assert.match((await diff(workspace, altered)).schema_diff, "-CREATE TABLE sayings (");
});

files("diff() asks whether what is dropped and added is a rename", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE });
  workspace.writeSchema("p", SCHEMA.replace("author", "writer"));
  const asked = await diff(workspace);
  assert.equal(asked.possible_renames, ["quotes.author=quotes.writer"]);
  assert.is(asked.file, null);
  const renamed = await diff(workspace, { renames: asked.possible_renames });
  assert.match(renamed.file ?? "", "ALTER TABLE quotes RENAME COLUMN author TO writer;");
  assert.equal(renamed.losses, []);
  const dropped = await diff(workspace, { no_rename: true });
  assert.equal(dropped.losses, ["the values of quotes.author"]);
  workspace.writeSchema("p", SCHEMA.replace("quotes", "sayings"));
  assert.equal((await diff(workspace)).possible_renames, ["quotes=sayings"]);
});

files("a generated guard fails before anything is lost, and says why", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE });
  await workspace.apply("p");
  workspace.writeSchema("p", SCHEMA.replace("author TEXT", "author TEXT NOT NULL"));
  workspace.write("p", { "002_x.sql": (await diff(workspace)).file ?? "" });
  const reply = await workspace.ask("apply", "p");
  assert.ok(!reply.success);
  assert.match(reply.message, "quotes.author becomes NOT NULL, and there are rows without a value");
  const path = workspace.database("p");
  assert.is(sqliteShell(path, "SELECT count(*) FROM quotes"), "2");
  sqliteShell(path, "UPDATE quotes SET author = '?' WHERE author IS NULL");
  await workspace.apply("p");
});

files("diff() refuses what it cannot read, with its place", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE });
  assert.match(
    await refusal(workspace),
    /^INVALID_REQUEST: "p" has no schema.sql; .*godwit dump p/,
  );
  const cases: readonly (readonly [DiffRequest, RegExp])[] = [
    [{ schema: "CREATE TABLE a (b);\nCREATE TABEL" }, /^VALIDATION_FAILED: schema.sql, line 2: /],
    [{ schema: "\n\nINSERT INTO x VALUES (1);" }, /line 3: .*no such table: x/],
    [{ schema: "CREATE TABLE a (b); INSERT INTO a VALUES (1);" }, /CREATE statements alone/],
    [{ schema: "CREATE TEMP TABLE a (b);" }, /CREATE statements alone/],
    [{ schema: "CREATE TABLE godwit_x (b);" }, /belongs to godwit/],
    [{ schema: SCHEMA + SCHEMA }, /table quotes already exists/],
    [{ schema: "", renames: ["a b"] }, /^INVALID_REQUEST: Cannot read the rename "a b"/],
    [{ schema: "", renames: ["x=y"] }, /^INVALID_REQUEST: There is no table "x" to rename/],
    [{ schema: "", requires: "3" }, /^INVALID_REQUEST: .*requires: expected a version of SQLite/],
  ];
  for (const [request, words] of cases) assert.match(await refusal(workspace, request), words);
  workspace.write("p", { "002_x.sql": migrationFile("DROP TABLE none;") });
  assert.match(
    await refusal(workspace, { schema: "" }),
    /^VALIDATION_FAILED: .*002_x.sql fails on an empty database: no such table: none/,
  );
});

files("a plugin begins with its schema.sql alone", async () => {
  await using workspace = new Workspace();
  workspace.writeSchema("p", SCHEMA);
  const { file, version } = await diff(workspace, { description: "create" });
  assert.is(version, 1);
  workspace.write("p", { "001_create.sql": file ?? "" });
  await workspace.apply("p");
  assert.equal((await diff(workspace)).differences, []);
});

files(
  "dump() writes a schema.sql without differences, of the files and of the database",
  async () => {
    await using workspace = new Workspace();
    workspace.write("p", {
      "001_base.sql": BASE,
      "002_more.sql": migrationFile(
        `CREATE INDEX quotes_text ON quotes (text DESC) -- a comment
;
CREATE VIEW v AS SELECT text FROM quotes;
CREATE TRIGGER t AFTER INSERT ON quotes BEGIN SELECT 1; END;`,
        "DROP TRIGGER t; DROP VIEW v; DROP INDEX quotes_text;",
      ),
    });
    await workspace.apply("p");
    const { context } = await workspace.migrator();
    const dumped = await call("dump", "p", {}, context);
    const live = await call("dump", "p", { live: true }, context);
    assert.ok(dumped.success && live.success);
    assert.is(dumped.schema, live.schema);
    assert.is(
      dumped.schema,
      `${SCHEMA}
CREATE INDEX quotes_text ON quotes (text DESC) -- a comment
;

CREATE VIEW v AS SELECT text FROM quotes;

CREATE TRIGGER t AFTER INSERT ON quotes BEGIN SELECT 1; END;
`,
    );
    workspace.writeSchema("p", dumped.schema);
    assert.equal((await diff(workspace)).differences, []);
  },
);

files("check() warns where files and schema.sql differ", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_base.sql": BASE });
  workspace.writeSchema("p", SCHEMA);
  const { context } = await workspace.migrator();
  const fresh = await call("check", "p", {}, context);
  assert.equal([fresh.success, fresh.warnings], [true, []]);
  workspace.writeSchema("p", `${SCHEMA} CREATE TABLE more (a);`);
  const stale = await call("check", "p", {}, context);
  assert.ok(stale.success);
  assert.equal(stale.warnings.map(({ code, level }) => [code, level]), [
    ["stale-schema", "WARNING"],
  ]);
  assert.match(stale.warnings[0]?.message ?? "", 'differ in table "more"');
  workspace.writeSchema("p", "nonsense");
  const broken = await call("check", "p", {}, context);
  assert.ok(!broken.success);
  assert.match(broken.message, "schema.sql, line 1: ");
});

files("check() says that files were not compared with schema.sql, and why", async () => {
  await using workspace = new Workspace();
  workspace.writeSchema("p", SCHEMA);
  workspace.write("p", {
    "001_base.sql": BASE,
    // Only without rows, max() is NULL.
    "002_more.sql": migrationFile(
      "CREATE TABLE t (a); CREATE TABLE u (b NOT NULL); INSERT INTO u SELECT max(a) FROM t;",
      "DROP TABLE u; DROP TABLE t;",
    ),
  });
  const { context } = await workspace.migrator();
  const unread = await call("check", "p", {}, context);
  assert.ok(unread.success, JSON.stringify(unread));
  const [finding] = unread.warnings.filter(({ code }) => code === "stale-schema");
  assert.match(finding?.message ?? "", /not compared: .*002_more.sql fails on an empty database/);
  workspace.remove("p", "002_more.sql");
  const silent = { ok: false, code: "unavailable", message: "the thread is silent" } as const;
  const failed = await call("check", "p", {}, {
    ...context,
    databases: {
      ...context.databases,
      open: async (...where) =>
        Object.assign(await context.databases.open(...where), {
          generate: () => Promise.resolve(silent),
        }),
    },
  });
  assert.ok(!failed.success);
  assert.match(failed.message, "schema.sql was not compared: the thread is silent");
});

files.run();
