// Applies and rolls back for ever, to random versions, with dry runs and status in between. Says "round"
// after each request. Ends with 3 where a reply is not one that it may be.

import { startEdge } from "../../lib/edge.ts";
import { dispatch, type Verb } from "../../lib/handler/dispatch.ts";

const [pluginsDir = "", dataDir = "", plugin = "", latest = ""] = Deno.args;
await using edge = await startEdge({ pluginsDir, dataDir, workers: 2 });

async function ask(verb: Verb, body: object): Promise<number | null> {
  const payload = new TextEncoder().encode(JSON.stringify(body));
  const reply = await dispatch(verb, plugin, payload, edge.context);
  if (!reply.success) {
    // The writer may hold its lock for long, and its rows change the schema's base by nothing.
    if (reply.error_code === "DATABASE_UNAVAILABLE" && /locked/.test(reply.message)) return null;
    // Rolled back as far as it goes, or applied as far.
    if (reply.error_code === "INVALID_REQUEST") return null;
    console.log(JSON.stringify(reply));
    Deno.exit(3);
  }
  return "current_version" in reply ? reply.current_version : null;
}

for (;;) {
  const version = await ask("status", {}) ?? 0;
  const target = Math.floor(Math.random() * (Number(latest) + 1));
  if (target === version) continue;
  const verb = target > version ? "apply" : "rollback";
  if (Math.random() < 0.2) await ask(verb, { target_version: target, dry_run: true });
  await ask(verb, { target_version: target });
  console.log("round");
}
