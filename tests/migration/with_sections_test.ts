// Other sections in the text of a file: everything else stays as it is.

import * as assert from "uvu/assert";
import { withSections } from "../../lib/migration/with_sections.ts";
import { suite } from "../support/suite.ts";

const sections = suite("withSections()");

const FILE = `-- Why.
-- accept: no-down because of this

-- UP: first
-- One.
ALTER TABLE t DROP COLUMN a;

-- Two.
INSERT INTO t VALUES ('
-- DOWN
');

-- DOWN: then
SELECT 1;
`;
const UP = `-- One.
CREATE TABLE n (b);
ALTER TABLE n RENAME TO t;

-- Two.
INSERT INTO t VALUES ('
-- DOWN
');
`;

sections("replaces what is between the markers, and nothing else", () => {
  const expected = FILE.replace(
    "ALTER TABLE t DROP COLUMN a;",
    UP.split("\n").slice(1, 3).join("\n"),
  );
  assert.is(withSections(FILE, { up: UP, down: "SELECT 1;\n" }), expected);
});

sections("keeps a byte order mark and the ends of lines, also where they are mixed", () => {
  const mixed = `\uFEFF${FILE.replaceAll("\n", "\r\n")}`.replace("-- Two.\r\n", "-- Two.\n");
  const result = withSections(mixed, { up: UP, down: "SELECT 2;\n" }) ?? "";
  assert.ok(result.startsWith("\uFEFF-- Why.\r\n"));
  assert.ok(
    result.includes(
      "-- One.\r\nCREATE TABLE n (b);\r\nALTER TABLE n RENAME TO t;\r\n\r\n-- Two.\n",
    ),
  );
  assert.ok(result.endsWith("-- DOWN: then\r\nSELECT 2;\r\n"));
  assert.is(
    withSections(mixed, {
      up: UP.replace(/CREATE[^]*?TO t;/, "ALTER TABLE t DROP COLUMN a;"),
      down: "SELECT 1;\n",
    }),
    mixed,
  );
});

sections("fills a section that has no line, or has no end", () => {
  assert.is(withSections("-- UP\n-- DOWN", { up: "A;", down: "B;\n" }), "-- UP\nA;\n-- DOWN\nB;\n");
  assert.is(withSections("-- UP\nA;\n-- DOWN", { up: "A;", down: "" }), "-- UP\nA;\n-- DOWN");
});

sections("refuses a text without both markers, each once", () => {
  for (const text of ["", "-- UP\nA;", "-- DOWN\n-- UP\n", "-- UP\n-- UP\n-- DOWN\n"]) {
    assert.is(withSections(text, { up: "", down: "" }), null, text);
  }
});

sections.run();
