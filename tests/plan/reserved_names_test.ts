// isReserved(): which table names a plugin may not use.

import * as assert from "uvu/assert";
import { isReserved } from "../../lib/plan/reserved_names.ts";
import { suite } from "../support/suite.ts";

const names = suite("reserved_names");

const CASES: readonly (readonly [string, boolean])[] = [
  ["plugin_schema_migrations", true],
  ["plugin_schema_migration_log", true],
  ["PLUGIN_Schema_Migrations", true],
  ["godwit_anything", true],
  ["GODWIT_x", true],
  ["godwit", false],
  ["my_godwit_table", false],
  ["plugin_schema_migration", false],
  ["plugin_schema_migrations_old", false],
  ["quotes", false],
];

names("isReserved() compares names as SQLite does, without regard to case", () => {
  for (const [name, expected] of CASES) assert.is(isReserved(name), expected, name);
});

names.run();
