// Text for a terminal: lines, wide characters, carets.

import * as assert from "uvu/assert";
import pc from "picocolors";
import stringWidth from "string-width";
import { renderFindings } from "../../lib/cli/render/findings.ts";
import { paragraph } from "../../lib/cli/render/layout.ts";
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

render.run();
