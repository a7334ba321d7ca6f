// Applies the migrations of a plugin, and kills itself before one of the changes that it makes to files,
// where a `replacement` is given after that was renamed into the place of the database. Says "committed" when a migration is reported, and at the end how many changes there were.

import { dirname } from "node:path";
import { directorySource } from "../../lib/source/directory_source.ts";
import { loadMigrations } from "../support/source_cases.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { startEngine } from "../crash/engine.ts";
import { PLUGIN, runAsFound } from "../crash/migration_session.ts";
import { faultStorage, isChange } from "../support/fault_storage.ts";

const [pluginsDir = "", path = "", cache = "", dieBefore = "", replacement] = Deno.args;
const loaded = await loadMigrations(directorySource(pluginsDir), PLUGIN);
if (typeof loaded === "string") throw new Error(loaded);
let changes = 0;
const engine = await startEngine();
engine.plug(faultStorage(nodeStorage(), (operation) => {
  if (isChange(operation) && ++changes === Number(dieBefore)) {
    if (replacement !== undefined) Deno.renameSync(replacement, path);
    Deno.kill(Deno.pid, "SIGKILL");
  }
  return null;
}));
const { end } = await runAsFound(engine, cache === "4 pages" ? "4 pages" : "default", {
  path,
  backups: dirname(path),
  migrations: loaded.migrations,
  target: { direction: "apply", version: "latest" },
  onCommitted: () => console.log("committed"),
});
console.log(end.kind === "completed" ? `${changes} changes` : JSON.stringify(end));
