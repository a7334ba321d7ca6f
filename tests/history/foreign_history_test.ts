// A database whose history is that of a plugin of another name.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { untouched } from "../support/untouched.ts";
import { Workspace } from "../support/workspace.ts";

const foreign = suite("foreign history");

const FILES = {
  "001_base.sql": migrationFile(
    "CREATE TABLE IF NOT EXISTS t (a); INSERT INTO t VALUES ('one');",
    "DROP TABLE t;",
  ),
};

/** The database of `old`, with its file under the name of the plugin `new`. */
async function renamed(): Promise<Workspace> {
  const workspace = new Workspace();
  workspace.write("old", FILES);
  workspace.write("new", FILES);
  await workspace.apply("old");
  Deno.renameSync(workspace.database("old"), workspace.database("new"));
  return workspace;
}

foreign("a renamed plugin does not run its migrations again", async () => {
  await using workspace = await renamed();
  for (const body of [{}, { dry_run: true }]) {
    const reply = await untouched(workspace, "new", () => workspace.refused("apply", "new", body));
    assert.is(reply.error_code, "VALIDATION_FAILED");
    assert.equal(reply.errors.map(({ code }) => code), ["foreign-history"]);
    assert.match(reply.message, 'The database has the history of "old" and none of "new"');
  }
  const { checksum_warnings } = await workspace.status("new");
  assert.equal(checksum_warnings.map(({ code, level }) => `${level} ${code}`), [
    "ERROR foreign-history",
  ]);
});

foreign("the statements of the message give the history to the new name", async () => {
  await using workspace = await renamed();
  const { message } = await workspace.refused("apply", "new");
  const statements = message.slice(message.indexOf("UPDATE"));
  sqliteShell(workspace.database("new"), statements);
  const { current_version, checksum_warnings } = await workspace.status("new");
  assert.equal([current_version, checksum_warnings], [1, []]);
  workspace.write("new", {
    "002_more.sql": migrationFile("INSERT INTO t VALUES ('two');", "SELECT 1;"),
  });
  await workspace.apply("new");
  assert.is(sqliteShell(workspace.database("new"), "SELECT count(*) FROM t"), "2");
  await workspace.rollback("new", { target_version: 0 });
});

foreign("a plugin with a history of its own is not refused beside others", async () => {
  await using workspace = await renamed();
  sqliteShell(
    workspace.database("new"),
    `INSERT INTO plugin_schema_migrations (plugin_name, version, name, checksum, applied_at,
       applied_by, status) SELECT 'new', version, name, checksum, applied_at, applied_by, status
       FROM plugin_schema_migrations`,
  );
  assert.equal((await workspace.apply("new")).applied_migrations, []);
  assert.equal((await workspace.status("new")).checksum_warnings, []);
});

foreign.run();
