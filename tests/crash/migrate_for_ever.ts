// Applies and rolls back one step at a time until it is killed. Says when it begins.

import { openMigrator } from "../../lib/migrator.ts";
import type { Reply } from "../../lib/message/any_reply.ts";
import { PLUGIN } from "./migration_session.ts";
import { currentVersionIn } from "../support/current_version.ts";

const [pluginsDir = "", dataDir = ""] = Deno.args;
await using migrator = await openMigrator({ plugins: pluginsDir, data: dataDir, workers: 2 });

async function current(reply: Promise<Reply>): Promise<number> {
  const settled = await reply;
  if (!settled.success) throw new Error(JSON.stringify(settled));
  return currentVersionIn(settled) ?? 0;
}

let version = await current(migrator.status(PLUGIN));
console.log("begin");
for (let verb: "apply" | "rollback" = "apply";; verb = verb === "apply" ? "rollback" : "apply") {
  while (version !== (verb === "apply" ? 10 : 0)) {
    version += verb === "apply" ? 1 : -1;
    await current(migrator[verb](PLUGIN, { target_version: version }));
  }
}
