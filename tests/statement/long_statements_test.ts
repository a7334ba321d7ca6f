// Statements of megabytes: replies, events and the history quote a part of them.

import * as assert from "uvu/assert";
import { call } from "../../lib/handler/dispatch.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const long = suite("long statements");

// Findings, a plan and the history, but no SQL to speak of.
const MOST_BYTES = 12_000;

const VALUES = Array.from({ length: 30_000 }, (_, number) => `(${number}, 'row ${number}')`)
  .join(", ");
const INSERT = `INSERT INTO t VALUES ${VALUES}`;
const CREATE = "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT);";

/** What apply, check and status say about a file, and the events, each as JSON. */
async function repliesTo(up: string): Promise<Readonly<Record<string, string>>> {
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": `-- UP\n${up}\n-- DOWN\nDROP TABLE t;\n` });
  const { context } = await workspace.migrator();
  const replies = {
    check: JSON.stringify(await call("check", "p", {}, context)),
    pending: JSON.stringify(await workspace.ask("status", "p")),
    apply: JSON.stringify(await workspace.ask("apply", "p")),
    events: JSON.stringify(workspace.events),
    status: JSON.stringify(await workspace.ask("status", "p")),
    log: workspace.logs.join(),
  };
  for (const [name, text] of Object.entries(replies)) {
    assert.ok(text.length < MOST_BYTES, `${name}: ${text.length} bytes`);
  }
  return replies;
}

long("a failing INSERT of a megabyte is reported with its reason", async () => {
  const { apply = "", status = "" } = await repliesTo(`${CREATE}\n${INSERT}, (5, 'again');`);
  assert.match(apply, "UNIQUE constraint failed: t.id");
  assert.match(apply, /"line":3,"column":1,"excerpt":"INSERT INTO t VALUES [^"]*…"/);
  assert.match(status, "UNIQUE constraint failed: t.id");
});

long("an error inside a statement of a megabyte is shown with the text around it", async () => {
  const { apply = "", check = "" } = await repliesTo(
    `${CREATE} ${INSERT}, (nonsense, 'x'), ${VALUES};`,
  );
  for (const reply of [apply, check]) {
    assert.match(reply, "no such column: nonsense");
    const column = CREATE.length + 1 + INSERT.length + ", (".length + 1;
    assert.match(reply, `"line":2,"column":${column},"excerpt":"…`);
    assert.match(reply, "(29999, 'row 29999'), (nonsense, 'x')");
  }
});

long("a statement of a megabyte that is valid makes no reply large", async () => {
  await repliesTo(`${CREATE} ${INSERT}; DELETE FROM t; CREATE TABLE u (a); DROP TABLE u;`);
});

long("a message of a megabyte is kept in part, in the history as well", async () => {
  const word = "x".repeat(1_200_000);
  const { apply = "" } = await repliesTo(`${CREATE} SELEC "${word}";`);
  assert.match(apply, "syntax-error");

  await using workspace = new Workspace();
  const fails = `CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT RAISE(ABORT, '${word}'); END;`;
  workspace.write("p", {
    "001_a.sql": `-- UP\n${CREATE} ${fails} INSERT INTO t VALUES (1, 2);\n-- DOWN\nDROP TABLE t;\n`,
  });
  const reply = await workspace.refused("apply", "p");
  assert.ok(JSON.stringify(reply).length < MOST_BYTES);
  const recorded = "SELECT max(length(error_message)) FROM plugin_schema_migration_log";
  const length = Number(sqliteShell(workspace.database("p"), recorded));
  assert.ok(length > 900 && length < 1_100, String(length));
});

long.run();
