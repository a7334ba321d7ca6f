// check with prove: files on rows, up, down and up again.

import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import type { CheckRequest } from "../../lib/message/request.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { type Files, Workspace } from "../support/workspace.ts";

const proofs = suite("check with prove");

const QUOTES = migrationFile(
  `CREATE TABLE quotes (id INTEGER PRIMARY KEY, text TEXT NOT NULL, author TEXT);
CREATE INDEX quotes_text ON quotes (text);`,
  "DROP TABLE quotes;",
);
const REQUIRES = "-- requires: sqlite >= 3.35.0";

/** The findings of a proof, as `LEVEL code subject`. */
async function check(workspace: Workspace, request: CheckRequest): Promise<readonly string[]> {
  const reply = await (await workspace.migrator()).check("p", request);
  const errors = reply.success ? [] : reply.errors;
  return [...errors, ...reply.warnings].map(({ level, code, subject = "" }) =>
    `${level} ${code} ${subject}`.trim()
  );
}

async function proven(files: Files): Promise<readonly string[]> {
  await using workspace = new Workspace();
  workspace.write("p", { "001_quotes.sql": QUOTES, ...files });
  const found = await check(workspace, { prove: true });
  assert.not.ok(existsSync(workspace.dataDir));
  return found;
}

proofs("proves files that lead back, and warns of the new name alone", async () => {
  assert.equal(
    await proven({
      "002_rename.sql": migrationFile(
        "ALTER TABLE quotes RENAME COLUMN author TO writer;",
        "ALTER TABLE quotes RENAME COLUMN writer TO author;",
      ),
      "003_rebuild.sql": migrationFile(
        `CREATE TABLE n (id INTEGER PRIMARY KEY, text TEXT NOT NULL, writer TEXT, tags TEXT);
INSERT INTO n (id, text, writer) SELECT id, text, writer FROM quotes;
DROP TABLE quotes; ALTER TABLE n RENAME TO quotes; CREATE INDEX quotes_text ON quotes (text);`,
        `CREATE TABLE n (id INTEGER PRIMARY KEY, text TEXT NOT NULL, writer TEXT);
INSERT INTO n SELECT id, text, writer FROM quotes;
DROP TABLE quotes; ALTER TABLE n RENAME TO quotes; CREATE INDEX quotes_text ON quotes (text);`,
      ),
    }),
    ["WARNING rename-column quotes.author"],
  );
});

const DROP_AUTHOR = {
  up: "ALTER TABLE quotes DROP COLUMN author;",
  down: "ALTER TABLE quotes ADD COLUMN author TEXT;",
};

proofs("finds values that a DOWN does not bring back", async () => {
  assert.equal(
    await proven({ "002_x.sql": migrationFile(DROP_AUTHOR.up, DROP_AUTHOR.down, REQUIRES) }),
    ["ERROR down-loses-values quotes.author", "WARNING drop-column quotes.author"],
  );
});

proofs("finds values that a DOWN brings back changed", async () => {
  assert.equal(
    await proven({
      "002_x.sql": migrationFile("UPDATE quotes SET text = lower(trim(text));", "SELECT 1;"),
    }),
    ["ERROR down-loses-values quotes.text"],
  );
});

proofs("finds values that a DOWN adds, and constraints that it forgets", async () => {
  assert.equal(
    await proven({
      "002_x.sql": migrationFile(
        "UPDATE quotes SET author = 'unknown' WHERE author IS NULL;",
        `CREATE TABLE n (id INTEGER PRIMARY KEY, text TEXT, author TEXT);
INSERT INTO n SELECT * FROM quotes; DROP TABLE quotes; ALTER TABLE n RENAME TO quotes;
CREATE INDEX quotes_text ON quotes (text);`,
      ),
    }),
    ["ERROR down-differs quotes.text", "ERROR down-differs quotes.author"],
  );
});

proofs("finds an UP that fails after its DOWN on rows alone", async () => {
  assert.equal(
    await proven({
      "002_x.sql": migrationFile(
        "CREATE TABLE seen (id INTEGER PRIMARY KEY); INSERT INTO seen SELECT id FROM quotes;",
        "ALTER TABLE seen RENAME TO seen_before; DROP TABLE seen_before;",
      ),
      "003_y.sql": migrationFile(
        "CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY); INSERT INTO log SELECT id FROM quotes;",
        "SELECT 1;",
      ),
    }),
    [
      "ERROR down-differs log",
      "ERROR up-not-repeatable",
      "WARNING incomplete-down log",
    ],
  );
});

proofs("shows what a file accepts with its reason, and does not fail", async () => {
  await using workspace = new Workspace();
  const accepts = `${REQUIRES}
-- accept: down-loses-values quotes.author because authors asked for it
-- accept: drop-column QUOTES.author because of the same
-- accept: no-down because it was forgotten`;
  workspace.write("p", {
    "001_quotes.sql": QUOTES,
    "002_x.sql": migrationFile(DROP_AUTHOR.up, DROP_AUTHOR.down, accepts),
  });
  assert.equal(await check(workspace, { prove: true }), [
    "INFO drop-column quotes.author",
    "INFO down-loses-values quotes.author",
    "WARNING unused-acceptance no-down",
  ]);
  const reply = await (await workspace.migrator()).check("p", { prove: true });
  assert.ok(reply.success);
  assert.equal(
    reply.success && reply.warnings.map(({ accepted }) => accepted),
    ["of the same", "authors asked for it", undefined],
  );
  // Without a proof nobody knows whether a loss is still there.
  assert.equal(await check(workspace, {}), [
    "INFO drop-column quotes.author",
    "WARNING unused-acceptance no-down",
  ]);
});

proofs("says which table it has no row for, and which UP takes none", async () => {
  assert.equal(
    await proven({
      "002_closed.sql": migrationFile("CREATE TABLE c (a CHECK (0));", "DROP TABLE c;"),
      "003_alter.sql": migrationFile(
        "ALTER TABLE c ADD COLUMN b;",
        "CREATE TABLE n (a CHECK (0));" +
          " DROP TABLE c; ALTER TABLE n RENAME TO c;",
      ),
      "004_none.sql": migrationFile(
        "CREATE TABLE guard (ok CHECK (ok)); INSERT INTO guard SELECT count(*) = 0 FROM quotes;",
        "DROP TABLE guard;",
      ),
    }),
    ["WARNING drop-table c", "WARNING unproven-down c", "WARNING unproven-down"].slice(1),
  );
});

proofs("tries pending files on live rows, and changes nothing", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_quotes.sql": QUOTES });
  await workspace.apply("p");
  const path = workspace.database("p");
  sqliteShell(path, "INSERT INTO quotes VALUES (1, 'Hello', 'Ada'), (2, 'Bye', NULL)");
  workspace.write("p", { "002_x.sql": migrationFile(DROP_AUTHOR.up, DROP_AUTHOR.down, REQUIRES) });
  const before = Deno.readFileSync(path);
  const reply = await (await workspace.migrator()).check("p", { prove: true, live: true });
  assert.not.ok(reply.success);
  assert.equal(Deno.readFileSync(path), before);
  const [error, ...others] = reply.success ? [] : reply.errors;
  assert.equal(others, []);
  assert.match(error?.message ?? "", `lose 1 value of "author" of "quotes", such as 'Ada'`);
  assert.match(error?.message ?? "", "where id = 1 (now NULL)");
});

proofs("finds an UP that fails on live rows", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_quotes.sql": QUOTES });
  await workspace.apply("p");
  sqliteShell(workspace.database("p"), "INSERT INTO quotes VALUES (1, 'a', 'x'), (2, 'b', 'x')");
  workspace.write("p", {
    "002_x.sql": migrationFile("CREATE UNIQUE INDEX a ON quotes (author);", "DROP INDEX a;"),
  });
  assert.equal(await check(workspace, { prove: true }), ["WARNING possible-violation quotes"]);
  assert.equal(await check(workspace, { prove: true, live: true }), [
    "ERROR constraint-violation quotes.author",
    "ERROR unproven-down",
    "WARNING possible-violation quotes",
  ]);
});

proofs(
  "finds that a file without a DOWN fails on live rows, and says so of no later file",
  async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_quotes.sql": QUOTES });
    await workspace.apply("p");
    sqliteShell(workspace.database("p"), "INSERT INTO quotes VALUES (1, 'a', 'x'), (2, 'b', 'x')");
    workspace.write("p", {
      "002_x.sql": migrationFile("CREATE UNIQUE INDEX a ON quotes (author);"),
      "003_y.sql": migrationFile("CREATE TABLE y (a);"),
    });
    const found = await check(workspace, { prove: true, live: true });
    assert.ok(found.includes("ERROR constraint-violation quotes.author"), found.join("\n"));
    assert.is(found.filter((line) => line.startsWith("ERROR")).length, 2);
  },
);

proofs("refuses live without prove, and a tenant without live", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_quotes.sql": QUOTES });
  const migrator = await workspace.migrator();
  for (const request of [{ live: true }, { prove: true, tenant: "a" }]) {
    const reply = await migrator.check("p", request);
    assert.is(reply.success || reply.error_code, "INVALID_REQUEST");
  }
});

proofs.run();
