// What people type, drop and look at: addresses, files, cells, statements.

import * as assert from "uvu/assert";
import { formatCell } from "../../../lib/workbench/model/cell.ts";
import {
  DRAFT_TEXT,
  fileNameProblem,
  nextFileName,
} from "../../../lib/workbench/model/draft_file.ts";
import { sortDrop } from "../../../lib/workbench/model/dropped_files.ts";
import { placeFindings } from "../../../lib/workbench/model/findings.ts";
import { formatRoute, parseRoute, START } from "../../../lib/workbench/model/route.ts";
import { promptFindings } from "../../../lib/workbench/model/prompt_findings.ts";
import { pageQuery } from "../../../lib/workbench/model/table_query.ts";
import { parseMigration } from "../../../lib/migration/parse_migration.ts";
import { suite } from "../../support/suite.ts";
import { columnOf, fileReport, findingOf, schemaOf, tableOf } from "./sample.ts";

const forms = suite("the page's forms");
const encoder = new TextEncoder();

forms("parseRoute() reads what formatRoute() writes", () => {
  for (
    const place of [
      { plugin: "quote-db", view: "data", step: null },
      { plugin: "quote-db", view: "migrations", step: "3" },
      { plugin: "a", view: "migrations", step: "odd name #1.sql" },
    ] as const
  ) assert.equal(parseRoute(formatRoute(place)), place);
});

forms("parseRoute() leaves out what is not valid", () => {
  assert.equal(parseRoute("#/../migrations/3"), START);
  assert.equal(parseRoute("#/%E0%A4%A/migrations"), START);
  assert.equal(parseRoute("#/notes/nowhere"), { ...START, plugin: "notes" });
  assert.is(parseRoute(`#/notes/migrations/${"9".repeat(300)}`).step, null);
  assert.is(parseRoute("#/notes/migrations/%00").step, null);
});

forms("sortDrop() takes a plugin's name from the folder above migrations/", () => {
  const bytes = encoder.encode("-- UP");
  const sorted = sortDrop([
    { path: "/notes/migrations/001_a.sql", bytes },
    { path: "/all/tags/migrations/001_b.sql", bytes },
    { path: "/notes/migrations/README.md", bytes },
  ]);
  assert.equal([...sorted.plugins.keys()], ["notes", "tags"]);
  assert.is(sorted.ignored, 1);
  assert.equal(sorted.loose, []);
});

forms("sortDrop() asks for the name of loose files, and suggests their folder", () => {
  const bytes = encoder.encode("-- UP");
  const sorted = sortDrop([
    { path: "/my-plugin/001_a.sql", bytes },
    { path: "Bad Name/migrations/002_b.sql", bytes },
  ]);
  assert.equal(sorted.loose.map(({ file }) => file), ["001_a.sql", "002_b.sql"]);
  assert.is(sorted.suggestion, "my-plugin");
});

forms("formatCell() shows NULL, numbers and blobs as what they are", () => {
  assert.equal(formatCell(null), { kind: "null", text: "NULL", full: null });
  assert.equal(formatCell(9007199254740993n).text, "9007199254740993");
  assert.equal(formatCell("NULL"), { kind: "text", text: "NULL", full: null });
  assert.equal(formatCell(new Uint8Array([0x89, 0x50])), {
    kind: "blob",
    text: "blob, 2 bytes",
    full: "89 50",
  });
});

forms("formatCell() cuts long texts, never through a character", () => {
  const { text, full } = formatCell("🐦".repeat(200));
  assert.ok(text.endsWith("🐦…"), text.slice(-4));
  assert.is(full?.length, 400);
});

forms("pageQuery() orders by rowid, by key, or not at all, and quotes names", () => {
  const keyed = tableOf("k", [], {
    withoutRowid: true,
    columns: [columnOf("b", { primaryKey: 2 }), columnOf("a", { primaryKey: 1 })],
  });
  const taken = tableOf("t", [], { columns: [columnOf("RowId"), columnOf("x")] });
  const schema = schemaOf([tableOf('no"tes', ["id"]), keyed, taken]);
  assert.is(
    pageQuery(schema, 'no"tes', 2),
    'SELECT * FROM "no""tes" ORDER BY rowid LIMIT 100 OFFSET 200',
  );
  assert.match(pageQuery(schema, "k", 0), 'ORDER BY "a", "b"');
  assert.match(pageQuery(schema, "t", 0), "ORDER BY _rowid_");
  assert.is(pageQuery(schema, "a view", 0), 'SELECT * FROM "a view" LIMIT 100 OFFSET 0');
});

forms("placeFindings() counts columns in code points, as findings do", () => {
  const text = "-- UP\n  SELECT '🐦', nme;\n";
  const [placed] = placeFindings(text, [findingOf("sql-error", 1, { line: 2, column: 15 })]);
  assert.is(text.slice(placed?.from, placed?.to), "nme;");
});

forms("placeFindings() leaves out what has no line, or one that is gone", () => {
  const findings = [findingOf("no-down", 1), findingOf("sql-error", 1, { line: 9 })];
  assert.equal(placeFindings("-- UP", findings), []);
});

forms("promptFindings() finds the place that the sandbox names", () => {
  const [found] = promptFindings("no such column: nme (line 2, column 10)");
  assert.equal([found?.message, found?.line, found?.column], ["no such column: nme", 2, 10]);
  assert.equal(promptFindings("There is no statement"), []);
});

forms("nextFileName() is one above the newest", () => {
  assert.is(nextFileName([]), "001_try_something.sql");
  const files = [fileReport("009_a.sql"), fileReport("notes.sql"), fileReport("002_b.sql")];
  assert.is(nextFileName(files), "010_try_something.sql");
  assert.is(fileNameProblem(nextFileName(files)), null);
  assert.ok(fileNameProblem("1_a.sql"));
});

forms("the playground begins with a file that parses", async () => {
  const parsed = await parseMigration("001_try_something.sql", encoder.encode(DRAFT_TEXT));
  assert.ok(parsed.ok);
});

forms.run();
