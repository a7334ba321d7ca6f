// Many requests at once: two processes on one data directory, and status beside long migrations.

import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { NatsServer } from "../support/nats_server.ts";
import { GodwitProcess, until } from "../support/service_process.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { Workspace } from "../support/workspace.ts";
import { askOnce, insist, whereabouts } from "./nats_setting.ts";
import { versionOf, writeSlowPlugin } from "./slow_plugin.ts";

const many = suite("many requests");

const PLUGINS = Array.from({ length: 10 }, (_, index) => `plugin-${index}`);
const REQUESTS = 100;
const MIGRATIONS = {
  "001_create.sql":
    "-- UP\nCREATE TABLE a (n INTEGER);\nINSERT INTO a VALUES (1);\n-- DOWN\nDROP TABLE a;\n",
  "002_double.sql": "-- UP\nUPDATE a SET n = n * 2;\n-- DOWN\nUPDATE a SET n = n / 2;\n",
  "003_double.sql": "-- UP\nUPDATE a SET n = n * 2;\n-- DOWN\nUPDATE a SET n = n / 2;\n",
};

many("two processes answer 100 requests once each and apply every migration once", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  for (const plugin of PLUGINS) workspace.write(plugin, MIGRATIONS);
  const where = whereabouts(workspace, server);
  await using one = await GodwitProcess.serve(where);
  await using other = await GodwitProcess.serve(where);
  const client = await server.connect();
  const plugins = Array.from({ length: REQUESTS }, (_, index) => PLUGINS[index % PLUGINS.length]);
  const answers = await Promise.all(plugins.map(async (plugin) => {
    const { reply } = await askOnce(client, `db.migrate.${plugin}.apply`);
    return { plugin, reply };
  }));
  assert.is(answers.length, REQUESTS);
  for (const { reply } of answers) {
    assert.ok(reply.success || reply.error_code === "MIGRATION_IN_PROGRESS", JSON.stringify(reply));
  }
  const applied = answers.flatMap(({ plugin, reply }) =>
    reply.success && reply.verb === "apply"
      ? reply.applied_migrations.map(({ version }) => `${plugin} ${version}`)
      : []
  );
  for (const plugin of PLUGINS) {
    const refused = answers.filter((each) => each.plugin === plugin).every(({ reply }) =>
      !reply.success
    );
    if (refused) {
      const { reply } = await askOnce(client, `db.migrate.${plugin}.apply`);
      assert.is(reply.success, true, JSON.stringify(reply));
      applied.push(`${plugin} 1`, `${plugin} 2`, `${plugin} 3`);
    }
  }
  assert.is(new Set(applied).size, applied.length, "a migration was reported twice");
  assert.is(applied.length, 30);
  for (const process of [one, other]) {
    process.signal("SIGTERM");
    const { code, stderr } = await process.finished();
    assert.is(code, 0, stderr);
    assert.match(stderr, /Answered verb=apply/, "the queue group shares the work");
  }
  for (const plugin of PLUGINS) {
    const path = workspace.database(plugin);
    assert.is(sqliteShell(path, "SELECT n FROM a"), "4", plugin);
    assert.is(
      sqliteShell(path, "SELECT group_concat(version || status) FROM plugin_schema_migrations"),
      "1applied,2applied,3applied",
    );
    assert.is(sqliteShell(path, "SELECT count(*) FROM plugin_schema_migration_log"), "3", plugin);
  }
});

many("status is answered while as many long migrations run as there are workers", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  const plugins = Array.from({ length: navigator.hardwareConcurrency + 1 }, (_, n) => `slow-${n}`);
  for (const plugin of plugins) await writeSlowPlugin(workspace, plugin, "for ever");
  workspace.write("calm", MIGRATIONS);
  await using service = await GodwitProcess.serve(whereabouts(workspace, server));
  const client = await server.connect();
  const answers = plugins.map((plugin) => askOnce(client, `db.migrate.${plugin}.apply`));
  const running = async (): Promise<readonly string[]> => {
    const replies = await Promise.all(
      plugins.map((plugin) => askOnce(client, `db.migrate.${plugin}.status`)),
    );
    return replies.flatMap(({ reply }) =>
      reply.success && reply.verb === "status" && reply.locked && reply.progress?.version === 2
        ? [reply.plugin_name]
        : []
    );
  };
  // One worker is kept for reading, so one migration waits; which one is a matter of chance.
  await until("long migrations", async () => (await running()).length === plugins.length - 1);
  const [slow] = await running();
  const { reply } = await askOnce(client, `db.migrate.${slow}.status`);
  assert.ok(reply.success && reply.verb === "status");
  assert.is(reply.current_version, 1);
  assert.is(reply.pending_count, 1);
  assert.equal(reply.progress?.migrations_total, 1);
  assert.is(reply.progress?.statements_total, 2);
  const calm = await askOnce(client, "db.migrate.calm.status");
  assert.ok(calm.reply.success && calm.reply.verb === "status" && !calm.reply.locked);
  const refused = await askOnce(client, `db.migrate.${slow}.apply`);
  assert.ok(!refused.reply.success);
  assert.is(refused.reply.error_code, "MIGRATION_IN_PROGRESS");
  assert.match(refused.reply.message, /an apply by system since/);

  service.signal("SIGTERM");
  await service.logs("Stopping");
  await insist(service);
  for (const answer of answers) assert.is((await answer).reply.success, false);
  assert.is((await service.finished()).code, 0);
  for (const plugin of plugins) assert.is(versionOf(workspace, plugin), "1");
});

many.run();
