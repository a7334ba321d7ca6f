// nameFrom() and titleComment(): what a description gives to a file.

import * as assert from "uvu/assert";
import { nameFrom, titleComment } from "../../lib/migration/describe_file.ts";
import { parseMigrationText } from "../../lib/migration/parse_migration.ts";
import { suite } from "../support/suite.ts";

const describing = suite("descriptions");

for (
  const [description, name, comment] of [
    ["drop author", "drop_author", "-- drop author"],
    ["  Crème brûlée,\n2 × ", "creme_brulee_2", "-- Crème brûlée, 2 ×"],
    ["日本", "", "-- 日本"],
    ["up", "up", '-- "up"'],
    ["Down: all tables", "down_all_tables", '-- "Down: all tables"'],
    ["requires: more", "requires_more", '-- "requires: more"'],
    ["accept: what comes", "accept_what_comes", '-- "accept: what comes"'],
    ["upload tables", "upload_tables", "-- upload tables"],
  ] as const
) {
  describing(`a file for ${JSON.stringify(description)} is named, titled and parsed`, async () => {
    assert.is(nameFrom(description), name);
    assert.is(titleComment(description), comment);
    const text = `${titleComment(description)}\n\n-- UP\nSELECT 1;\n-- DOWN\nSELECT 2;\n`;
    const parsed = await parseMigrationText({ version: 1, name: "a" }, text);
    assert.is(parsed.ok, true);
  });
}

describing.run();
