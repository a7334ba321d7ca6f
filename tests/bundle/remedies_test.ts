// remediesOf(): what the page says about each finding, in the words of the documentation.

import * as assert from "uvu/assert";
import { remediesOf } from "../../lib/bundle/remedies.ts";
import { FINDING_CODES } from "../../lib/finding/finding.ts";
import { suite } from "../support/suite.ts";

const remedies = suite("remediesOf()");

remedies("explains every code of a finding by the documentation", () => {
  const page = new URL("../../docs/TROUBLESHOOTING.md", import.meta.url);
  const found = remediesOf(Deno.readTextFileSync(page));
  assert.equal(Object.keys(FINDING_CODES).filter((code) => found[code] === undefined), []);
  for (const [code, blocks] of Object.entries(found)) assert.is(blocks[0]?.kind, "text", code);
});

remedies("reads text, lists and code, and leaves out what tests run", () => {
  const text = [
    "### `drop-table`",
    "A [table](OTHER.md) goes; see `x`\nthere.",
    "- One `a`",
    "<!-- test: run\n-->",
    "```sql on=shop\nDROP TABLE a;\n```",
    "### Other",
    "Not this.",
  ].join("\n\n");
  assert.equal(remediesOf(text), {
    "drop-table": [
      { kind: "text", parts: ["A ", "table", " goes; see ", { code: "x" }, " there."] },
      { kind: "list", items: [["One ", { code: "a" }]] },
      { kind: "code", text: "DROP TABLE a;" },
    ],
  });
});

remedies("refuses what the page could not show", () => {
  assert.throws(() => remediesOf("### `drop-table`\n\n> A quote"), /blockquote/);
});

remedies.run();
