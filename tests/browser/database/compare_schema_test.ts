// compareSchema(): what the page shows of a schema.sql while it is typed. SQLite alone, in Deno.

import * as assert from "uvu/assert";
import { compareSchema } from "../../../lib/browser/database/compare_schema.ts";
import type { SchemaFinding, WantedSchema } from "../../../lib/browser/comparison.ts";
import { type Deadline, deadlineIn, NEVER } from "../../../lib/deadline.ts";
import type { Migration } from "../../../lib/migration/migration.ts";
import { collectMigrations } from "../../../lib/source/collect_migrations.ts";
import { loadSqlite } from "../../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../../lib/sqlite/wasm_module.js";
import { migrationFile } from "../../support/migration_file.ts";
import { suite } from "../../support/suite.ts";

const comparing = suite("compareSchema()");
const sqlite3 = await loadSqlite(sqliteModule);

const FILES = await migrationsOf({
  "001_quotes.sql": migrationFile(
    "CREATE TABLE quotes (id INTEGER PRIMARY KEY, author TEXT, body TEXT NOT NULL);",
    "DROP TABLE quotes;",
  ),
  "004_by_author.sql": migrationFile(
    "CREATE INDEX by_author ON quotes (author);",
    "DROP INDEX by_author;",
  ),
});

const PRESENT = `CREATE TABLE quotes (id INTEGER PRIMARY KEY, author TEXT, body TEXT NOT NULL);
CREATE INDEX by_author ON quotes (author);
`;

comparing("has the schema of the files to begin with, which is the same as itself", () => {
  assert.equal(compare({ schema: null }), { kind: "same" });
  assert.equal(compare({ schema: PRESENT }), { kind: "same" });
  assert.equal(compare({ schema: `-- all of it\n\n${PRESENT}` }), { kind: "same" });
  const compared = compareSchema(sqlite3, FILES, wanted({ schema: null }), NEVER);
  assert.is(compared.ok && compared.value.present, PRESENT);
});

comparing("generates the next file, with its name, the difference and the changes", () => {
  const found = differenceFrom({ schema: `${PRESENT}CREATE TABLE tags (name TEXT);\n` });
  assert.ok(found.file?.ok);
  assert.is(found.file.value.file, "005_change_table_tags.sql");
  assert.match(found.file.value.text, /^-- Change table tags\n/);
  assert.match(found.file.value.text, /-- UP\n[^]*CREATE TABLE tags \(name TEXT\);/);
  assert.match(found.file.value.text, /-- DOWN[^]*DROP TABLE tags;/);
  assert.match(found.text, /^\+CREATE TABLE tags \(name TEXT\);$/m);
  assert.equal(found.effect.changes, [
    { change: "added", object: "table", table: null, name: "tags", detail: null },
  ]);
  assert.equal(found.effect.after.tables.map(({ name }) => name), ["quotes", "tags"]);
});

comparing("names the file after its description, on one line", () => {
  const schema = `${PRESENT}CREATE TABLE tags (name TEXT);`;
  const found = differenceFrom({ schema, description: "  Tags,\nfor quotes " });
  assert.ok(found.file?.ok);
  assert.is(found.file.value.file, "005_tags_for_quotes.sql");
  assert.match(found.file.value.text, /^-- Tags, for quotes\n/);
});

comparing("says what is lost, and guards what rows may break", () => {
  const schema =
    "CREATE TABLE quotes (id INTEGER PRIMARY KEY, body TEXT NOT NULL CHECK (body <> ''));";
  const found = differenceFrom({ schema });
  assert.ok(found.file?.ok);
  assert.equal(found.file.value.losses, ["the values of quotes.author"]);
  assert.match(found.file.value.text, /CONSTRAINT "quotes gets CHECK \(body <> ''\)/);
});

comparing(
  "has no file before a possible rename is answered, and then the one that was meant",
  () => {
    const schema = PRESENT.replaceAll("author", "writer");
    const open = differenceFrom({ schema });
    assert.equal(open.questions, [
      { name: "quotes.author", candidates: ["quotes.writer"], answer: null },
    ]);
    assert.is(open.file, null);
    assert.match(open.text, /writer/);

    const renamed = differenceFrom({
      schema,
      renames: new Map([["quotes.author", { kind: "renamed", to: "quotes.writer" }]]),
    });
    assert.ok(renamed.file?.ok);
    assert.equal(renamed.file.value.losses, []);
    assert.match(renamed.file.value.text, /RENAME COLUMN author TO writer/);
    assert.equal(renamed.effect.changes.filter(({ object }) => object === "column"), [
      {
        change: "renamed",
        object: "column",
        table: "quotes",
        name: "writer",
        detail: "was author",
      },
    ]);

    const dropped = differenceFrom({
      schema,
      renames: new Map([["quotes.author", { kind: "dropped" }]]),
    });
    assert.ok(dropped.file?.ok);
    assert.equal(dropped.file.value.losses, ["the values of quotes.author"]);
  },
);

comparing("follows two columns that exchange their names", () => {
  const schema = PRESENT.replace("author TEXT, body", "writer TEXT, words");
  const found = differenceFrom({
    schema: schema.replace("(author)", "(writer)"),
    renames: new Map([
      ["quotes.author", { kind: "renamed", to: "quotes.words" }],
      ["quotes.body", { kind: "renamed", to: "quotes.writer" }],
    ]),
  });
  assert.equal(
    found.effect.changes.filter(({ change }) => change === "renamed")
      .map(({ name, detail }) => `${name} ${detail}`),
    ["words was author", "writer was body"],
  );
});

comparing("says where the text is wrong, by line and column", () => {
  const schema = `${PRESENT}\n  CREATE TABLE ö (a,, b);\n`;
  const found = compare({ schema });
  assert.equal([found.kind, found.kind === "wrong" && [found.line, found.column]], [
    "wrong",
    [4, 21],
  ]);
  assert.equal(compare({ schema: `${PRESENT}INSERT INTO quotes (body) VALUES ('x');` }), {
    kind: "wrong",
    message: "it has CREATE statements alone; move this to a migration",
    line: 3,
    column: 1,
  });
});

comparing("fails with the file that makes no schema, and at its deadline", async () => {
  const broken = await migrationsOf({
    "001_a.sql": migrationFile("INSERT INTO missing VALUES (1);", "SELECT 1;"),
  });
  const failed = compareSchema(sqlite3, broken, wanted({ schema: PRESENT }), NEVER);
  assert.match(failed.ok ? "" : failed.message, /001_a\.sql fails on an empty database/);
  const schema = "CREATE TABLE e AS " +
    "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT sum(n) FROM c;";
  // Long enough for the files before it, also on a busy machine.
  const late = compare({ schema }, deadlineIn(1_000, { aborted: false }));
  assert.is(late.kind === "wrong" && late.message, "the time limit was reached");
});

comparing.run();

function wanted(given: Partial<WantedSchema> & Pick<WantedSchema, "schema">): WantedSchema {
  return { description: "", renames: new Map(), ...given };
}

function compare(
  given: Parameters<typeof wanted>[0],
  deadline: Deadline = NEVER,
): SchemaFinding {
  const compared = compareSchema(sqlite3, FILES, wanted(given), deadline);
  if (!compared.ok) throw new Error(compared.message);
  return compared.value.found;
}

function differenceFrom(
  given: Parameters<typeof wanted>[0],
): Extract<SchemaFinding, { readonly kind: "different" }> {
  const found = compare(given);
  if (found.kind !== "different") throw new Error(JSON.stringify(found));
  return found;
}

async function migrationsOf(
  files: Readonly<Record<string, string>>,
): Promise<readonly Migration[]> {
  const { migrations } = await collectMigrations(
    Object.entries(files).map(([file, text]) => ({ file, bytes: new TextEncoder().encode(text) })),
  );
  return migrations;
}
