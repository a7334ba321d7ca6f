// `serve` without --nats: it finds a server, starts one, or says how to get one.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { SERVER_CONFIG } from "../../lib/nats/server_process.ts";
import { suite } from "../support/suite.ts";
import { godwit, GodwitProcess, until } from "../support/service_process.ts";
import { Workspace } from "../support/workspace.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const child = suite("a nats-server of one's own");

// The ports of examples/nats/nats-server.conf, where `serve` looks and starts its child.
const PORTS = [4222, 8080];

function inUse(): readonly number[] {
  return PORTS.filter((port) => {
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return false;
    } catch {
      return true;
    }
  });
}

child("is started, and ended with the service", async () => {
  await using workspace = new Workspace();
  const where = ["--plugins", workspace.pluginsDir, "--data", workspace.dataDir];
  // Another run of these tests may have them.
  await until(`ports ${PORTS.join(" and ")} free on 127.0.0.1`, () => inUse().length === 0);
  await using service = await GodwitProcess.serve(where);
  assert.match(service.stderr, /Started nats-server url=ws:\/\/127\.0\.0\.1:8080/);
  assert.equal(inUse(), PORTS);
  // A second service finds the server of the first.
  await using second = await GodwitProcess.serve(where);
  assert.not(second.stderr.includes("Started nats-server"));
  second.signal("SIGTERM");
  assert.is((await second.finished()).code, 0);

  service.signal("SIGINT");
  const { code, stderr } = await service.finished();
  assert.is(code, 0, stderr);
  assert.equal(inUse(), []);
});

child("has the settings of examples/nats/nats-server.conf", () => {
  const example = Deno.readTextFileSync(join(ROOT, "examples/nats/nats-server.conf"));
  const settings = example.split("\n").filter((line) => !line.trimStart().startsWith("#"));
  assert.is(settings.join("\n").trim(), SERVER_CONFIG.trim());
});

child("is started by a godwit whose modules come from a server", async () => {
  await using workspace = new Workspace();
  await until(`ports ${PORTS.join(" and ")} free on 127.0.0.1`, () => inUse().length === 0);
  await using modules = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const path = join(ROOT, new URL(request.url).pathname);
    const type = path.endsWith(".ts") ? "text/typescript" : "text/plain";
    return new Response(Deno.readFileSync(path), { headers: { "content-type": type } });
  });
  const program = `http://127.0.0.1:${modules.addr.port}/lib/nats/server_process.ts`;
  const script = join(workspace.root, "start.ts");
  Deno.writeTextFileSync(
    script,
    `import { startServerProcess } from "${program}";
const server = startServerProcess();
while (true) {
  const port = Deno.connect({ hostname: "127.0.0.1", port: 8080 });
  if (await port.then((found) => (found.close(), true), () => false)) break;
}
await server?.stop();`,
  );
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-check", "--reload", "-A", script],
    stdout: "null",
    stderr: "piped",
  }).output();
  assert.is(code, 0, new TextDecoder().decode(stderr));
  assert.equal(inUse(), []);
});

child("where there is none on the PATH, says how to get one", async () => {
  await using workspace = new Workspace();
  await until(`port 8080 free on 127.0.0.1`, () => !inUse().includes(8080));
  const { code, stderr, stdout } = await godwit(
    ["serve", "--plugins", workspace.pluginsDir, "--data", workspace.dataDir],
    { env: { PATH: workspace.root } },
  );
  assert.is(code, 3);
  assert.is(stdout, "");
  assert.match(stderr, /apt-get install nats-server/);
  assert.match(stderr, /--nats URL/);
});

child("that cannot start ends the service with the reason", async () => {
  await using workspace = new Workspace();
  await until(`ports ${PORTS.join(" and ")} free on 127.0.0.1`, () => inUse().length === 0);
  using _occupant = Deno.listen({ hostname: "127.0.0.1", port: 8080 });
  const { code, stderr } = await godwit(
    ["serve", "--plugins", workspace.pluginsDir, "--data", workspace.dataDir],
  );
  assert.is(code, 3);
  assert.match(stderr, /ended: .*address already in use/);
});

child.run();
