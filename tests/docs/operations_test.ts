// The systemd unit and the container file: what they start works, with no more rights than they say.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { validate } from "dockerfile-utils";
import { connect } from "nats.ws";
import * as assert from "uvu/assert";
import * as v from "valibot";
import { suite } from "../support/suite.ts";
import { RepositoryCopy } from "./repository_copy.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const INSTRUCTIONS = ["FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "VOLUME", "STOPSIGNAL"]
  .concat(["ENTRYPOINT", "CMD", "HEALTHCHECK"]);

const unit = readUnit(read("examples/operations/godwit.service"));
const container = readContainerfile(read("examples/operations/Containerfile"));

const operations = suite("examples/operations");

operations("the unit's command serves, on the directories that it names", async () => {
  await using copy = await RepositoryCopy.make();
  const data = join(copy.root, "data");
  Deno.mkdirSync(data);
  const command = value("Service", "ExecStart").replace("/usr/local/bin/deno", Deno.execPath())
    .replace(" --cached-only", "")
    .replaceAll("/opt/godwit", copy.root)
    .replaceAll("/var/cache/godwit", Deno.env.get("DENO_DIR") ?? "/root/.cache/deno")
    .replaceAll("/srv/godwit/plugins", join(copy.root, "examples/plugins"))
    .replaceAll("/var/lib/godwit", data);
  await copy.start("nats-server -c examples/nats/nats-server.conf");
  await copy.start(`env NATS_URL=${copy.natsUrl} ${command}`);
  const nats = await connect({ servers: copy.natsUrl });
  try {
    const reply = await nats.request("db.migrate.quote-db.apply", "{}", { timeout: 20_000 });
    const warnings = v.parse(
      v.object({ success: v.literal(true), warnings: v.array(v.object({ code: v.string() })) }),
      reply.json(),
    ).warnings.map(({ code }) => code);
    assert.not(warnings.includes("no-backup-space-check"));
  } finally {
    await nats.close();
  }
});

operations("the unit stops godwit as godwit wants to be stopped", () => {
  assert.is(value("Service", "KillSignal"), "SIGTERM");
  // Ten seconds of grace, and time to reply.
  assert.ok(Number(value("Service", "TimeoutStopSec")) > 10);
  assert.is(value("Service", "RestartPreventExitStatus"), "2");
});

operations("the unit has the sections and keys that it needs", () => {
  assert.equal([...new Set(unit.map(({ section }) => section))], ["Unit", "Service", "Install"]);
  for (const key of ["User", "WorkingDirectory", "Restart"]) assert.ok(value("Service", key), key);
  assert.is(value("Install", "WantedBy"), "multi-user.target");
});

operations(
  "the container file has known instructions, and begins with the Deno of the tests",
  () => {
    for (const { instruction } of container) {
      assert.ok(
        INSTRUCTIONS.includes(instruction),
        instruction,
      );
    }
    assert.equal(container[0], {
      instruction: "FROM",
      text: `docker.io/denoland/deno:${Deno.version.deno}`,
    });
  },
);

operations("the container copies what there is", () => {
  for (const { instruction, text } of container) {
    if (instruction !== "COPY") continue;
    for (const path of text.split(" ").slice(0, -1)) Deno.statSync(join(ROOT, path));
  }
});

operations("unit and container let godwit read the same variables as the tasks do", () => {
  const variables = allowed(read("deno.json"));
  assert.is(allowed(value("Service", "ExecStart")), variables);
  assert.is(allowed(entrypoint().join(" ")), variables);
});

operations("the container's command is one that godwit has", () => {
  assert.is(entrypoint()[0], "deno");
  assert.is(entrypoint().at(-1), "mod.ts");
  assert.equal(JSON.parse(textOf("CMD")), ["serve", "--json", "--http", "127.0.0.1:9090"]);
});

operations("the container's user is not root, and a linter finds nothing in its file", () => {
  assert.is(textOf("USER"), "deno");
  const problems = validate(read("examples/operations/Containerfile")).map(({ message }) =>
    message
  );
  assert.equal(problems, []);
  assert.is(validate("FROM scratch\nUSERS deno\n").length, 1);
});

operations("the container is healthy while /healthz answers with 200", async () => {
  const command = v.parse(
    v.array(v.string()),
    JSON.parse(/CMD (\[.*\])$/.exec(textOf("HEALTHCHECK"))?.[1] ?? ""),
  );
  let status = 200;
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    ({ url }) => new Response(null, { status: url.endsWith("/healthz") ? status : 404 }),
  );
  const check = async (port: number): Promise<number> => {
    const args = command.slice(1).map((each) => each.replace("9090", String(port)));
    return (await new Deno.Command(Deno.execPath(), { args }).output()).code;
  };
  assert.is(await check(server.addr.port), 0);
  status = 503;
  assert.is(await check(server.addr.port), 1);
  await server.shutdown();
  assert.is.not(await check(server.addr.port), 0);
});

operations.run();

interface Setting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

function read(path: string): string {
  return Deno.readTextFileSync(join(ROOT, path));
}

// The syntax of https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html
function readUnit(text: string): readonly Setting[] {
  let section = "";
  return text.split("\n").flatMap((line) => {
    if (line.trim() === "" || line.startsWith("#")) return [];
    const heading = /^\[(\w+)\]$/.exec(line)?.[1];
    if (heading !== undefined) {
      section = heading;
      return [];
    }
    const [, key, text] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key === undefined || text === undefined) throw new Error(`Not a setting: ${line}`);
    return [{ section, key, value: text }];
  });
}

function value(section: string, key: string): string {
  return unit.find((each) => each.section === section && each.key === key)?.value ?? "";
}

function readContainerfile(text: string): readonly { instruction: string; text: string }[] {
  const joined = text.replaceAll(/\\\n\s*/g, "");
  return joined.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#")).map(
    (line) => {
      const [instruction = "", ...rest] = line.split(" ");
      return { instruction, text: rest.join(" ") };
    },
  );
}

function textOf(instruction: string): string {
  return container.find((each) => each.instruction === instruction)?.text ?? "";
}

function entrypoint(): readonly string[] {
  return v.parse(v.array(v.string()), JSON.parse(textOf("ENTRYPOINT")));
}

function allowed(text: string): string | undefined {
  return /--allow-env=([A-Z_,]+)/.exec(text)?.[1];
}
