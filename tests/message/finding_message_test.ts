// findingMessage(): findings as the wire says them.

import * as assert from "uvu/assert";
import * as v from "valibot";
import { finding, FINDING_CODES, type FindingCode } from "../../lib/finding/finding.ts";
import { findingMessage } from "../../lib/message/finding_message.ts";
import { FindingSchema } from "../../lib/message/reply_schema.ts";
import { suite } from "../support/suite.ts";

const messages = suite("findingMessage()");
const CODES = Object.keys(FINDING_CODES).filter((code): code is FindingCode =>
  code in FINDING_CODES
);

messages("gives every code its category, and fits the schema", () => {
  for (const code of CODES) {
    const subject = { version: 1, name: "a", file: "001_a.sql" };
    const message = findingMessage(finding("ERROR", code, subject, "text"));
    assert.is(message.category, FINDING_CODES[code]);
    assert.equal(v.parse(FindingSchema, message), message);
  }
});

messages("leaves out what is not known, and flattens the position", () => {
  const subject = { version: null, name: null, file: null };
  assert.equal(findingMessage(finding("INFO", "file-name", subject, "text")), {
    level: "INFO",
    message: "text",
    migration_version: null,
    migration_name: null,
    category: "file",
    code: "file-name",
  });
  const excerpt = { text: "  SELECT", column: 4 };
  const detail = { position: { line: 3, column: 4 }, statement: "SELECT", excerpt };
  const full = findingMessage(finding("INFO", "sql-error", subject, "text", detail));
  assert.equal([full.line, full.column, full.statement, full.excerpt], [
    3,
    4,
    "SELECT",
    "  SELECT",
  ]);
});

messages("says where the column is in an excerpt that is a part of its line", () => {
  const subject = { version: null, name: null, file: null };
  const position = { line: 3, column: 900 };
  const detail = { position, excerpt: { text: "…, x", column: 4 } };
  const { column, excerpt, excerpt_column } = findingMessage(
    finding("INFO", "sql-error", subject, "text", detail),
  );
  assert.equal({ column, excerpt, excerpt_column }, {
    column: 900,
    excerpt: "…, x",
    excerpt_column: 4,
  });
});

messages("has the statement of the code that a migration breaks", () => {
  const query = {
    file: "queries/q.sql",
    position: { line: 3, column: 900 },
    excerpt: { text: "…, x", column: 4 },
    statement: "SELECT x",
  };
  const subject = { version: 1, name: "a", file: "001_a.sql" };
  const message = findingMessage(finding("ERROR", "broken-query", subject, "text", { query }));
  assert.equal(message.query, {
    file: "queries/q.sql",
    line: 3,
    column: 900,
    excerpt: "…, x",
    excerpt_column: 4,
    statement: "SELECT x",
  });
  assert.equal(v.parse(FindingSchema, message), message);
});

messages.run();
