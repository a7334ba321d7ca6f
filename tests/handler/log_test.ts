// What is logged: a line for each request and for each run, and no value of a row.

import * as assert from "uvu/assert";
import { processLog } from "../../lib/cli/process_log.ts";
import type { Log } from "../../lib/handler/context.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const logs = suite("the log of handlers");

type Line = Readonly<Record<string, unknown>>;

function collected(): { readonly log: Log; readonly lines: Line[] } {
  const lines: Line[] = [];
  return {
    log: (level, message, fields = {}) => lines.push({ level, message, ...fields }),
    lines,
  };
}

const SECRET = "hunter2";

logs("a request and a run have a line each, with ids, outcome and counts", async () => {
  const { log, lines } = collected();
  await using workspace = new Workspace({ log });
  workspace.write("quotes", {
    "001_quotes.sql": migrationFile(
      "CREATE TABLE quotes (body TEXT);",
      "DROP TABLE quotes;",
    ),
    "002_fewer.sql": migrationFile("DELETE FROM quotes;", "SELECT 1;"),
    "003_unique.sql": migrationFile(
      "CREATE UNIQUE INDEX one ON quotes (body);",
      "DROP INDEX one;",
    ),
  });
  await workspace.apply("quotes", { target_version: 1, tenant: "acme" });
  sqliteShell(workspace.database("quotes", "acme"), `INSERT INTO quotes VALUES ('${SECRET}')`);
  lines.length = 0;
  const { run_id, backup } = await workspace.apply("quotes", {
    target_version: 2,
    tenant: "acme",
  });
  const masked = lines.map((line) => ({ ...line, ms: typeof line.ms }));
  const whose = { plugin: "quotes", tenant: "acme", run_id };
  assert.equal(masked, [
    {
      level: "info",
      message: "Run ended",
      verb: "apply",
      ...whose,
      dry_run: false,
      outcome: "success",
      ms: "number",
      migrations: 1,
      rows_lost: 1,
      values_lost: 0,
      backup,
    },
    {
      level: "info",
      message: "Answered",
      verb: "apply",
      ...whose,
      outcome: "success",
      ms: "number",
    },
  ]);
  const twice = `INSERT INTO quotes VALUES ('${SECRET}'), ('${SECRET}')`;
  sqliteShell(workspace.database("quotes", "acme"), twice);
  lines.length = 0;
  const failed = await workspace.refused("apply", "quotes", { tenant: "acme" });
  assert.is(failed.error_code, "MIGRATION_FAILED");
  assert.equal(
    lines.map(({ level, message, outcome }) => `${level} ${message} ${outcome}`),
    ["warn Run ended MIGRATION_FAILED", "info Answered MIGRATION_FAILED"],
  );
  assert.not(JSON.stringify(lines).includes(SECRET));
});

logs("a line is text or JSON, and mild ones are left out", () => {
  const written: string[] = [];
  const console = {
    out() {},
    err: (text: string) => written.push(text),
    colors: {
      bold: String,
      cyan: String,
      dim: String,
      green: String,
      red: String,
      yellow: String,
    },
    isWatched: false,
    ask: null,
  };
  for (const json of [false, true]) {
    const log = processLog(console, json, "warn");
    log("info", "Answered");
    log("warn", "Run ended", { plugin: "a b", ms: 3 });
  }
  const [text = "", json = ""] = written;
  assert.is(written.length, 2);
  assert.match(text, /^\S+Z WARN {2}Run ended plugin="a b" ms=3$/);
  const { time: _, ...fields } = JSON.parse(json);
  assert.equal(fields, { level: "warn", message: "Run ended", plugin: "a b", ms: 3 });
});

logs.run();
