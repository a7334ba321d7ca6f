// Over NATS: a plugin whose files are gone is rolled back, and its history read.

import { join } from "node:path";
import * as assert from "uvu/assert";
import { NatsServer } from "../support/nats_server.ts";
import { suite } from "../support/suite.ts";
import { TEN } from "../support/ten_migrations.ts";
import { Workspace } from "../support/workspace.ts";
import { askOnce, serveHere } from "./nats_setting.ts";

const undo = suite("rollback without files over NATS");

undo("undoes ten migrations of a plugin that was removed", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  workspace.write("p", TEN);
  await using _service = await serveHere(workspace, server);
  const client = await server.connect();
  const ask = async (verb: string, body: object = {}) =>
    (await askOnce(client, `db.migrate.p.${verb}`, JSON.stringify(body))).reply;
  const applied = await ask("apply", { applied_by: "ada" });
  assert.ok(applied.success && applied.verb === "apply");
  Deno.removeSync(join(workspace.pluginsDir, "p"), { recursive: true });
  const back = await ask("rollback", { target_version: 0 });
  assert.ok(back.success && back.verb === "rollback", JSON.stringify(back));
  assert.is(back.rolled_back_migrations.length, 10);
  assert.is(back.warnings.filter(({ code }) => code === "from-history").length, 10);
  const history = await ask("history", { limit: 11 });
  assert.ok(history.success && history.verb === "history");
  assert.is(history.entry_count, 20);
  assert.equal(
    history.entries.map(({ outcome, version, run_id }) => [outcome, version, run_id]).slice(8),
    [
      ["rolled_back", 9, back.run_id],
      ["rolled_back", 10, back.run_id],
      ["applied", 10, applied.run_id],
    ],
  );
});

undo.run();
