// A plugin steps aside: it closes its database before a run locks it, and opens it again
// afterwards.

import { join } from "node:path";
import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { NatsServer } from "../support/nats_server.ts";
import { until } from "../support/service_process.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { serveHere } from "./nats_setting.ts";

const quiesce = suite("quiesce");

const CREATE = migrationFile("CREATE TABLE more (a);", "DROP TABLE more;");
const EXAMPLES = new URL("../../examples/step_aside/", import.meta.url);

/** Writes the example where it reaches the test's server, and starts it. */
function startExample(
  workspace: Workspace,
  server: NatsServer,
  file: "plugin.ts" | "plugin.py",
): { readonly output: () => string } & AsyncDisposable {
  const program = join(workspace.root, file);
  const text = Deno.readTextFileSync(new URL(file, EXAMPLES))
    .replace("ws://127.0.0.1:8080", server.url)
    .replace("4222", String(server.clientPort));
  Deno.writeTextFileSync(program, text);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const deno = ["run", "--no-prompt", "--no-check", "--config", config];
  const permissions = ["--allow-net", "--allow-read", "--allow-write"];
  const args = ["quotes", workspace.database("quotes")];
  const child = new Deno.Command(file === "plugin.ts" ? Deno.execPath() : "python3", {
    args: file === "plugin.ts" ? [...deno, ...permissions, program, ...args] : [program, ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let output = "";
  const reading = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) output += text;
  })();
  return {
    output: () => output,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await reading;
    },
  };
}

for (const file of ["plugin.ts", "plugin.py"] as const) {
  quiesce(`examples/step_aside/${file} closes its database for a run`, async () => {
    await using server = await NatsServer.start();
    await using workspace = new Workspace();
    workspace.write("quotes", { "001_create.sql": CREATE });
    Deno.mkdirSync(workspace.dataDir);
    sqliteShell(workspace.database("quotes"), "PRAGMA journal_mode=WAL; CREATE TABLE quotes (a)");
    await using service = await serveHere(workspace, server);
    await using plugin = startExample(workspace, server, file);
    await until("the plugin is ready", () => plugin.output().includes("ready"));

    // Its connection keeps the log from being removed, until it is closed for the run.
    const sizes: (number | null)[] = [];
    service.migrator.subscribe(({ event }) => {
      if (event === "run_started") sizes.push(sizeOf(`${workspace.database("quotes")}-wal`));
    });
    const reply = await service.migrator.apply("quotes");
    assert.ok(reply.success, JSON.stringify(reply));
    assert.equal(sizes, [null]);
    await until("the plugin has its database again", () => /[4-6] tables\n/.test(plugin.output()));
    assert.ok(isIntact(workspace.database("quotes")));
    assert.equal(service.logs.filter((line) => line.startsWith("warn")), []);
  });
}

quiesce("a run goes on beside a plugin that does not answer, and says so in the log", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_create.sql": CREATE });
  await using service = await serveHere(workspace, server);
  const client = await server.connect();
  client.subscribe("db.migrate.quotes.quiesce");
  await client.flush();
  assert.ok((await service.migrator.apply("quotes")).success);
  const warnings = service.logs.filter((line) => line.startsWith("warn"));
  assert.is(warnings.length, 1);
  assert.match(warnings[0] ?? "", "did not answer that it has closed its database");
});

quiesce("a dry run and a run without a migration ask nothing of a plugin", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_create.sql": CREATE });
  await using service = await serveHere(workspace, server);
  const client = await server.connect();
  let requests = 0;
  client.subscribe("db.migrate.quotes.quiesce", {
    callback(_error, message) {
      requests += 1;
      message.respond();
    },
  });
  await client.flush();
  await service.migrator.apply("quotes", { dry_run: true });
  assert.is(requests, 0);
  await service.migrator.apply("quotes");
  assert.is(requests, 1);
  await service.migrator.apply("quotes");
  assert.is(requests, 1);
});

function sizeOf(path: string): number | null {
  try {
    return Deno.statSync(path).size;
  } catch {
    return null;
  }
}

quiesce.run();
