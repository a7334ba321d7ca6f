// What people type, drop and look at: addresses, files, cells, statements.

import * as assert from "uvu/assert";
import { updateStatement } from "../../../lib/workbench/model/cell_edit.ts";
import { formatCell } from "../../../lib/workbench/model/cell.ts";
import {
  DRAFT_TEXT,
  fileNameProblem,
  nextFileName,
} from "../../../lib/workbench/model/draft_file.ts";
import { pluginNameOf, sortDrop } from "../../../lib/workbench/model/dropped_files.ts";
import { placeFindings } from "../../../lib/workbench/model/findings.ts";
import { followKey } from "../../../lib/workbench/model/followed_key.ts";
import {
  formatRoute,
  isElsewhere,
  namesPlugin,
  parseRoute,
  START,
  withKept,
} from "../../../lib/workbench/model/route.ts";
import { promptFindings, withoutPosition } from "../../../lib/workbench/model/prompt_findings.ts";
import { queryPlan } from "../../../lib/workbench/model/query_plan.ts";
import { filterCondition } from "../../../lib/workbench/model/row_filter.ts";
import { rowsText } from "../../../lib/workbench/model/rows_text.ts";
import {
  formatHistory,
  parseHistory,
  withStatement,
} from "../../../lib/workbench/model/statement_history.ts";
import { FIRST_ROWS } from "../../../lib/workbench/model/table_place.ts";
import { countQuery, pageQuery, rowCondition } from "../../../lib/workbench/model/table_query.ts";
import { parseMigration } from "../../../lib/migration/parse_migration.ts";
import { suite } from "../../support/suite.ts";
import { columnOf, fileReport, findingOf, schemaOf, tableOf } from "./sample.ts";

const forms = suite("the page's forms");
const encoder = new TextEncoder();

forms("parseRoute() reads what formatRoute() writes", () => {
  for (
    const place of [
      { ...START, plugin: "quote-db", view: "data" },
      { ...START, plugin: "quote-db", view: "migrations", step: "3" },
      { ...START, plugin: "a", view: "migrations", step: "odd name #1.sql" },
      { ...START, plugin: "a", view: "data", table: "odd/name?", sql: "SELECT 'ä & b';" },
      {
        ...START,
        plugin: "a",
        view: "data",
        table: "t",
        rows: {
          page: 4,
          order: { column: "-x", direction: "descending" },
          filters: new Map([["a.b", "= 5"], ["c", "50%&"]]),
        },
      },
    ] as const
  ) assert.equal(parseRoute(formatRoute(place)), place);
});

forms("formatRoute() leaves a long statement out of the address", () => {
  const route = { ...START, plugin: "a", view: "data", sql: "x".repeat(3_000) } as const;
  assert.is(formatRoute(route), "#/a/data");
});

forms("withKept() keeps what the address of another view does not have", () => {
  const before = { ...START, plugin: "a", view: "data", table: "t", step: "3" } as const;
  assert.equal(withKept(parseRoute("#/a/history"), before), { ...before, view: "history" });
  assert.is(withKept(parseRoute("#/a/migrations/4"), before).step, "4");
  assert.is(withKept(parseRoute("#/b/history"), before).table, null);
});

forms("isElsewhere() is another plugin, view or table, and neither a step nor a page", () => {
  const here = { ...START, plugin: "a", view: "data", table: "t" } as const;
  assert.is(isElsewhere(here, { ...here, table: "u" }), true);
  assert.is(isElsewhere(here, { ...here, view: "history" }), true);
  assert.is(isElsewhere(here, { ...here, plugin: "b" }), true);
  assert.is(isElsewhere(here, { ...here, step: "3", rows: { ...here.rows, page: 1 } }), false);
});

forms("parseRoute() leaves out what is not valid", () => {
  assert.is(namesPlugin(parseRoute("#/../migrations/3")), false);
  assert.equal(parseRoute("#/%E0%A4%A/migrations"), START);
  assert.equal(parseRoute("#/notes/nowhere"), { ...START, plugin: "notes" });
  assert.is(parseRoute(`#/notes/migrations/${"9".repeat(300)}`).step, null);
  assert.is(parseRoute("#/notes/migrations/%00").step, null);
  const wrong = parseRoute("#/notes/data/t?page=-1&sort=&where.a=&sql=" + "x".repeat(9_000));
  assert.equal(wrong, { ...START, plugin: "notes", view: "data", table: "t" });
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

forms("sortDrop() keeps databases apart, and pluginNameOf() names one by its file", () => {
  const bytes = new Uint8Array();
  const sorted = sortDrop([{ path: "/a/Shop.SQLite3", bytes }, { path: "/a/x.txt", bytes }]);
  assert.equal(sorted.databases.map(({ path }) => path), ["/a/Shop.SQLite3"]);
  assert.is(sorted.ignored, 1);
  assert.is(pluginNameOf("/a/My Shop (2).sqlite3"), "my-shop-2");
  assert.is(pluginNameOf("/a/日本.db"), "");
});

forms("pageQuery() orders by rowid, by key, or not at all, and quotes names", () => {
  const keyed = tableOf("k", [], {
    withoutRowid: true,
    columns: [columnOf("b", { primaryKey: 2 }), columnOf("a", { primaryKey: 1 })],
  });
  const taken = tableOf("t", [], { columns: [columnOf("RowId"), columnOf("x")] });
  const schema = schemaOf([tableOf('no"tes', ["id"]), keyed, taken]);
  const sqlOf = (name: string, page: number): string =>
    pageQuery(schema, name, { ...FIRST_ROWS, page }).sql;
  assert.is(
    sqlOf('no"tes', 2),
    'SELECT *, rowid FROM "no""tes" ORDER BY rowid LIMIT 100 OFFSET 200',
  );
  assert.match(sqlOf("k", 0), 'SELECT * FROM "k" ORDER BY "a", "b"');
  assert.match(sqlOf("t", 0), 'SELECT *, _rowid_ FROM "t" ORDER BY _rowid_');
  assert.is(sqlOf("a view", 0), 'SELECT * FROM "a view" LIMIT 100 OFFSET 0');
});

forms("pageQuery() sorts and filters by qualified names", () => {
  const schema = schemaOf([tableOf("t", ["id", "a"])]);
  const place = {
    page: 0,
    order: { column: "a", direction: "descending" },
    filters: new Map([["a", "it's"], ["id", ">= 5"]]),
  } as const;
  assert.is(
    pageQuery(schema, "t", place).sql,
    `SELECT *, rowid FROM "t" WHERE rowid IN (SELECT rowid FROM "t" ` +
      `WHERE "t"."a" LIKE '%it''s%' ESCAPE '\\' AND "t"."id" >= 5 ` +
      `ORDER BY "t"."a" DESC, rowid LIMIT 100 OFFSET 0) ORDER BY "t"."a" DESC, rowid`,
  );
  assert.match(countQuery("t", place), /^SELECT count\(\*\) FROM "t" WHERE .* >= 5$/);
});

forms("filterCondition() reads comparisons, NULL and parts of texts", () => {
  for (
    const [text, condition] of [
      ["= Ada", `= 'Ada'`],
      ["!=5", "IS NOT 5"],
      ["<> x", "IS NOT 'x'"],
      ["< -2.5e3", "< -2.5e3"],
      [">=", ">= ''"],
      [" NULL ", "IS NULL"],
      ["not null", "IS NOT NULL"],
      ["50%_", `LIKE '%50\\%\\_%' ESCAPE '\\'`],
      ["5", `LIKE '%5%' ESCAPE '\\'`],
    ] as const
  ) assert.is(filterCondition("t", "a", text), `"t"."a" ${condition}`);
});

forms("rowCondition() names a row by its declared key, or by rowid", () => {
  const keyed = tableOf("k", [], {
    columns: [columnOf("id", { type: "INTEGER", primaryKey: 1 }), columnOf("a")],
  });
  const rowid = { columns: ["rowid"], isRowid: true };
  assert.is(rowCondition(keyed, rowid, ["id", "a", "id"], [7, "x", 7]), '"id" = 7');
  const plain = tableOf("p", ["a"]);
  assert.is(rowCondition(plain, rowid, ["a", "rowid"], ["x", 3]), "rowid = 3");
  const pair = { columns: ["a", "b"], isRowid: false };
  assert.is(rowCondition(plain, pair, ["b", "a"], ["it's", 1]), `"a" = 1 AND "b" = 'it''s'`);
});

forms("followKey() leads to the parent of a key, unless a part of it is NULL", () => {
  const parent = tableOf("authors", [], { columns: [columnOf("id", { primaryKey: 1 })] });
  const foreignKeys = [{
    columns: "author",
    parent: "Authors",
    parentColumns: "",
    onDelete: "NO ACTION",
    onUpdate: "NO ACTION",
  }];
  const child = tableOf("quotes", ["id", "author"], { foreignKeys });
  const schema = schemaOf([parent, child]);
  const followed = followKey(schema, child, "author", ["id", "author"], [1, 9]);
  assert.is(followed?.table, "authors");
  assert.equal([...followed?.rows.filters ?? []], [["id", "= 9"]]);
  assert.is(followKey(schema, child, "author", ["id", "author"], [1, null]), null);
  assert.is(followKey(schema, child, "id", ["id", "author"], [1, 9]), null);
});

forms("rowsText() writes CSV, JSON and INSERT statements that lose nothing", () => {
  const copied = {
    table: "t",
    columns: ["a", "a", "b"],
    rows: [[null, "", 'say "hi",\n'], [9007199254740993n, 2.5, new Uint8Array([0, 255])]],
  };
  assert.is(
    rowsText("CSV", copied),
    'a,a,b\r\n,"","say ""hi"",\n"\r\n9007199254740993,2.5,00ff\r\n',
  );
  assert.is(
    rowsText("JSON", copied),
    '[\n  {"a": null, "a:2": "", "b": "say \\"hi\\",\\n"},\n' +
      '  {"a": 9007199254740993, "a:2": 2.5, "b": "00ff"}\n]\n',
  );
  assert.is(
    rowsText("INSERT", copied),
    `INSERT INTO "t" ("a", "a", "b") VALUES (NULL, '', 'say "hi",\n');\n` +
      `INSERT INTO "t" ("a", "a", "b") VALUES (9007199254740993, 2.5, X'00ff');\n`,
  );
});

forms("updateStatement() writes a text, a number or NULL, and no number that is none", () => {
  const update = (kind: "text" | "number", text: string): string | null =>
    updateStatement('t"', "a", { kind, text }, "id = 1");
  assert.is(update("text", "it's"), `UPDATE "t""" SET "a" = 'it''s' WHERE id = 1`);
  assert.is(update("number", " -2.5 "), `UPDATE "t""" SET "a" = -2.5 WHERE id = 1`);
  assert.is(update("number", "1; DELETE FROM t"), null);
  assert.match(updateStatement("t", "a", { kind: "null" }, "id = 1") ?? "", '"a" = NULL WHERE');
});

forms("queryPlan() makes a tree, marks scans, and takes no other rows for a plan", () => {
  const columns = ["id", "parent", "notused", "detail"];
  const rows = [[2, 0, 0, "MERGE (UNION)"], [4, 2, 0, "SCAN t"], [9, 2, 0, "SEARCH u"]];
  const rest = { hasMore: false, changes: 0, write: null, next: null };
  const [merge] = queryPlan({ ...rest, columns, rows }) ?? [];
  assert.equal(merge?.steps.map(({ detail, isScan }) => [detail, isScan]), [
    ["SCAN t", true],
    ["SEARCH u", false],
  ]);
  assert.is(queryPlan({ ...rest, columns: ["id"], rows: [[1]] }), null);
});

forms("withStatement() keeps each statement once, newest first, and none that is huge", () => {
  assert.equal(withStatement(["a", "b"], " b "), ["b", "a"]);
  assert.equal(withStatement(["a"], "x".repeat(20_000)), ["a"]);
  assert.equal(parseHistory(formatHistory(["a"])), ["a"]);
  assert.equal(parseHistory('{"a":1}'), []);
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
  assert.is(withoutPosition("no such column: nme (line 2, column 10)"), "no such column: nme");
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
