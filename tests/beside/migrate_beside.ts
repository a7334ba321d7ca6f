// Applies and rolls back for ever, to random versions, with dry runs and status in between. Says
// "round" after each request. Ends with 3 where a reply is not one that it may be.

import type { Reply } from "../../lib/message/any_reply.ts";
import { openMigrator } from "../../lib/migrator.ts";
import { currentVersionIn } from "../support/current_version.ts";

const [pluginsDir = "", dataDir = "", plugin = "", latest = ""] = Deno.args;
await using migrator = await openMigrator({ plugins: pluginsDir, data: dataDir, workers: 2 });

async function versionAfter(request: Promise<Reply>): Promise<number | null> {
  const reply = await request;
  if (!reply.success) {
    // The writer may hold its lock for long, and its rows change the schema's base by nothing.
    if (reply.error_code === "DATABASE_UNAVAILABLE" && /locked/.test(reply.message)) return null;
    // Rolled back as far as it goes, or applied as far.
    if (reply.error_code === "INVALID_REQUEST") return null;
    console.log(JSON.stringify(reply));
    Deno.exit(3);
  }
  return currentVersionIn(reply);
}

for (;;) {
  const version = await versionAfter(migrator.status(plugin)) ?? 0;
  const target = Math.floor(Math.random() * (Number(latest) + 1));
  if (target === version) continue;
  const verb = target > version ? "apply" : "rollback";
  const request = { target_version: target };
  if (Math.random() < 0.2) {
    await versionAfter(migrator[verb](plugin, { ...request, dry_run: true }));
  }
  await versionAfter(migrator[verb](plugin, request));
  console.log("round");
}
