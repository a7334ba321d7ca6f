// createDirectory(): every new directory is on the disk.

import * as assert from "uvu/assert";
import { join, relative } from "node:path";
import { StorageError } from "../../lib/vfs/storage.ts";
import { createDirectory } from "../../lib/database/create_directory.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const directories = suite("createDirectory()");

/** Creates a directory below `root`, and returns those whose entries were flushed. */
function flushed(root: string, path: string): readonly string[] {
  const entries: string[] = [];
  createDirectory(join(root, path), {
    flushDirectory: (entry) => entries.push(relative(root, entry)),
  });
  assert.ok(Deno.statSync(join(root, path)).isDirectory);
  return entries;
}

directories("flushes the entry of each directory that it creates, and no other", async () => {
  await using workspace = new Workspace();
  assert.equal(flushed(workspace.root, "backups/quotes"), ["backups/quotes", "backups"]);
  assert.equal(flushed(workspace.root, "backups/quotes/acme"), ["backups/quotes/acme"]);
  assert.equal(flushed(workspace.root, "backups/quotes/acme"), []);
});

directories("says what is in the way", async () => {
  await using workspace = new Workspace();
  Deno.writeTextFileSync(join(workspace.root, "quotes"), "");
  assert.throws(
    () => flushed(workspace.root, "quotes"),
    (error: unknown) => error instanceof StorageError && error.code === "EEXIST",
  );
});

directories.run();
