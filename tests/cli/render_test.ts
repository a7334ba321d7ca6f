// Text for a terminal: lines, wide characters, carets.

import * as assert from "uvu/assert";
import pc from "picocolors";
import stringWidth from "string-width";
import { renderFindings } from "../../lib/cli/render/findings.ts";
import { paragraph } from "../../lib/cli/render/layout.ts";
import { left, right, tableLines } from "../../lib/cli/render/text_table.ts";
import { textWidth } from "../../lib/cli/render/text_width.ts";
import type { FindingMessage } from "../../lib/message/reply.ts";
import { suite } from "../support/suite.ts";

const render = suite("render");
const plain = pc.createColors(false);
const colored = pc.createColors(true);

render("paragraph() breaks between words and indents the lines after the first", () => {
  const lines = paragraph("✗", "word ".repeat(40).trim()).split("\n");
  assert.is(lines.length, 3);
  for (const line of lines) assert.ok(line.length <= 80, line);
  assert.match(lines[0] ?? "", /^✗ word/);
  assert.match(lines[1] ?? "", /^ {2}word/);
});

render("paragraph() counts the columns of wide characters and none of colors", () => {
  const text = "日本語の文 ".repeat(20).trim();
  const lines = paragraph("✗", text).split("\n");
  assert.is(lines.length, 3);
  for (const line of lines) assert.ok(stringWidth(line) <= 80, line);
  assert.is(paragraph(colored.red("✗"), text).split("\n").length, lines.length);
});

render("textWidth() agrees with the package that knows every sequence of emoji", () => {
  const texts = [
    "",
    "plain",
    colored.red(colored.bold("colored")),
    "日本語、한국어",
    "ｶﾀｶﾅ",
    "café",
    "cafe\u0301",
    "✓ ✗ ○ → …",
    "👍🏽 👩‍👩‍👧 🇫🇮 ❤️ ☃",
    "a\u200bb",
  ];
  for (const text of texts) assert.is(textWidth(text), stringWidth(text), JSON.stringify(text));
});

render("tableLines() aligns columns by their width and ends no line in spaces", () => {
  const rows = [["日本", 1, "a"], [colored.green("x"), 20, ""]];
  assert.equal(tableLines([left("name"), right("n"), left("")], rows), [
    "name   n",
    "日本   1  a",
    `${colored.green("x")}     20`,
  ]);
});

render("paragraph() keeps a long word whole", () => {
  const path = `/${"a".repeat(200)}`;
  assert.ok(paragraph("✗", `Cannot read ${path} now`).split("\n").includes(`  ${path}`));
});

render("paragraph() escapes control characters of the text", () => {
  assert.is(paragraph("✗", "a\nb\x1b[2Jc"), "✗ a\\x0ab\\x1b[2Jc");
});

render("renderFindings() puts the caret under the column after wide characters", () => {
  const found: FindingMessage = {
    level: "ERROR",
    code: "syntax-error",
    category: "syntax",
    message: "Nothing",
    migration_version: 1,
    migration_name: "a",
    file: "001_a.sql",
    line: 3,
    column: 15,
    excerpt: "\tSELECT '日本é' FORM x;",
  };
  const [excerpt = "", caret = ""] = renderFindings([found], plain).split("\n").slice(2);
  assert.is(excerpt, "  3 | \tSELECT '日本é' FORM x;");
  assert.is(caret, `${" ".repeat(6)}\t${" ".repeat(15)}^`);
});

render("renderFindings() shows the statement that a migration breaks under its own", () => {
  const found: FindingMessage = {
    level: "ERROR",
    code: "broken-query",
    category: "sqlite",
    message: "Nothing",
    migration_version: 1,
    migration_name: "a",
    file: "001_a.sql",
    line: 3,
    column: 1,
    excerpt: "DROP TABLE quotes;",
    query: {
      file: "queries/q.sql",
      line: 12,
      column: 8,
      excerpt: "SELECT author FROM quotes;",
      statement: "SELECT author FROM quotes;",
    },
  };
  assert.is(
    renderFindings([found], plain),
    `error [broken-query] Nothing
  at 001_a.sql:3:1
  3 | DROP TABLE quotes;
      ^
  breaks queries/q.sql:12:8
  12 | SELECT author FROM quotes;
              ^`,
  );
});

render.run();
