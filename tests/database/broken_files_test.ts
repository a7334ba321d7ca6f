// Files that do not parse: which runs they stop, and what the reply says.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const broken = suite("broken files");

const FIRST = migrationFile("CREATE TABLE a (x);", "DROP TABLE a;");
const BROKEN = "-- UP\nCREATE TABLE b (x);\n";

broken(
  "a file above the target of an apply is a warning, and stops an apply that needs it",
  async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_a.sql": FIRST, "002_b.sql": BROKEN });
    const { current_version, warnings } = await workspace.apply("p", { target_version: 1 });
    assert.is(current_version, 1);
    assert.equal(
      warnings.map(({ level, code, migration_version }) => [level, code, migration_version]),
      [
        ["WARNING", "marker-missing", 2],
      ],
    );
    assert.match(warnings[0]?.message ?? "", 'This run does not need the file: The "-- DOWN" line');
    for (const body of [{}, { target_version: 2 }]) {
      const { error_code, message } = await workspace.refused("apply", "p", body);
      assert.is(error_code, "VALIDATION_FAILED");
      assert.match(message, 'Nothing has run: The "-- DOWN" line is missing');
    }
  },
);

broken("a pending file does not stop a rollback; an applied one does", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": FIRST });
  await workspace.apply("p");
  workspace.write("p", { "002_b.sql": BROKEN });
  const { warnings } = await workspace.rollback("p", { dry_run: true });
  assert.equal(warnings.map(({ level, code }) => `${level} ${code}`), [
    "WARNING marker-missing",
    "WARNING drop-table",
  ]);
  workspace.write("p", { "001_a.sql": BROKEN });
  const { errors } = await workspace.refused("rollback", "p");
  assert.equal(errors.map(({ code, migration_version }) => `${code} ${migration_version}`), [
    "marker-missing 1",
  ]);
});

broken("the headline is the error of the file and not that there are no files", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": BROKEN });
  const only = await workspace.refused("apply", "p", { target_version: 1 });
  assert.is(only.error_code, "VALIDATION_FAILED");
  const beyond = await workspace.refused("apply", "p", { target_version: 2 });
  assert.is(beyond.message, "Cannot apply up to version 2: the newest file is 001_a.sql");
  workspace.remove("p", "001_a.sql");
  workspace.write("p", { "1-a.sql": FIRST });
  const unnamed = await workspace.refused("apply", "p", { target_version: 1 });
  assert.is(unnamed.message, "Cannot apply up to version 1: none of the files can be read");
  assert.equal(unnamed.errors.map(({ code }) => code), ["file-name"]);
});

broken("a file that cannot be read is judged by its version too, and is not missing", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": FIRST });
  Deno.mkdirSync(join(workspace.pluginsDir, "p", "migrations", "002_b.sql"));
  assert.is((await workspace.apply("p", { target_version: 1 })).current_version, 1);
  workspace.remove("p", "001_a.sql");
  Deno.mkdirSync(join(workspace.pluginsDir, "p", "migrations", "001_a.sql"));
  const { errors } = await workspace.refused("apply", "p", { target_version: 1 });
  assert.equal(errors.map(({ code, migration_version }) => `${code} ${migration_version}`), [
    "unreadable-file 1",
  ]);
});

broken.run();
