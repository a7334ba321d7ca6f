// SQLite version numbers: reading, writing, comparing.

import * as assert from "uvu/assert";
import {
  formatSqliteVersion,
  isAtLeast,
  parseSqliteVersion,
} from "../../lib/migration/sqlite_version.ts";
import { forAll } from "../support/random.ts";
import { suite } from "../support/suite.ts";

const versions = suite("SQLite versions");

versions("parseSqliteVersion() reads two or three numbers and nothing else", () => {
  assert.equal(parseSqliteVersion("3.35"), [3, 35, 0]);
  assert.equal(parseSqliteVersion("3.35.5"), [3, 35, 5]);
  for (const text of ["", "3", "3.", "3.35.", "3.35.5.1", "v3.35", "3.x", "-3.35", "3.35 "]) {
    assert.is(parseSqliteVersion(text), null, text);
  }
});

versions("isAtLeast() orders versions number by number, not as text", async () => {
  assert.ok(isAtLeast([3, 35, 0], [3, 9, 0]));
  assert.not.ok(isAtLeast([3, 9, 9], [3, 35, 0]));
  await forAll(500, (random) => {
    const draw = () => [3, random.integer(0, 60), random.integer(0, 3)] as const;
    const [one, other] = [draw(), draw()];
    const rank = ([major, minor, patch]: readonly number[]): number =>
      (major ?? 0) * 1e6 + (minor ?? 0) * 1e3 + (patch ?? 0);
    assert.is(isAtLeast(one, other), rank(one) >= rank(other));
    assert.equal(parseSqliteVersion(formatSqliteVersion(one)), one);
  });
});

versions.run();
