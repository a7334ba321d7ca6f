// The id of a sandbox's databases: written once, read again, and replaced where it is damaged.

import * as assert from "uvu/assert";
import { databaseHome } from "../../../lib/browser/owner/database_home.ts";
import { MemoryDirectory } from "../../support/memory_directory.ts";
import { suite } from "../../support/suite.ts";

const homes = suite("databaseHome()");

homes("gives the same id again, and each directory its own", async () => {
  const directory = new MemoryDirectory();
  const id = await databaseHome(directory);
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.is(await databaseHome(directory), id);
  assert.is.not(await databaseHome(new MemoryDirectory()), id);
});

homes("replaces a file that was cut short", async () => {
  const directory = new MemoryDirectory();
  const file = await directory.getFileHandle("node_id", { create: true });
  const writable = await file.createWritable();
  await writable.write(new TextEncoder().encode("12"));
  await writable.close();
  const id = await databaseHome(directory);
  assert.is(await databaseHome(directory), id);
});

homes.run();
