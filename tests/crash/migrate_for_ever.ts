// Applies and rolls back one step at a time until somebody kills it. Says when it begins.

import { startEdge } from "../../lib/migrator.ts";
import { dispatch } from "../../lib/handler/dispatch.ts";
import type { Verb } from "../../lib/message/verbs.ts";
import { PLUGIN } from "./migration_session.ts";

const [pluginsDir = "", dataDir = ""] = Deno.args;
await using edge = await startEdge({ pluginsDir, dataDir, workers: 2 });

async function run(verb: Verb, body: unknown) {
  const payload = new TextEncoder().encode(JSON.stringify(body));
  const reply = await dispatch(verb, PLUGIN, payload, edge.context);
  if (!reply.success) throw new Error(JSON.stringify(reply));
  return reply;
}

const status = await run("status", {});
let version = status.current_version;
console.log("begin");
for (let verb: "apply" | "rollback" = "apply";; verb = verb === "apply" ? "rollback" : "apply") {
  while (version !== (verb === "apply" ? 10 : 0)) {
    version += verb === "apply" ? 1 : -1;
    await run(verb, { target_version: version });
  }
}
