// Measures what people and programs wait for: a cold status, a cold apply of 100 small migrations, and
// requests to a running service. Medians of 10, each round on fresh databases.
// deno task bench

import { NatsServer } from "../support/nats_server.ts";
import { godwit, GodwitProcess } from "../support/service_process.ts";
import { Workspace } from "../support/workspace.ts";

const ROUNDS = 10;
const MIGRATIONS = 100;

console.log(
  `${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}, medians of ${ROUNDS}, milliseconds\n`,
);
console.log("| what | ms |\n| --- | ---: |");

await report("cold status: `godwit status` as a new process", async (workspace) => {
  await expectSuccess(["status", "small", ...directories(workspace)]);
});
await report(
  `cold apply of ${MIGRATIONS} small migrations: \`godwit apply\` as a new process`,
  async (workspace) => {
    await expectSuccess(["apply", "small", ...directories(workspace)]);
  },
);

await using server = await NatsServer.start();
await reportService(
  `apply request of ${MIGRATIONS} small migrations to a running service`,
  "apply",
  {},
);
await reportService("apply request of one small migration to a running service", "apply", {
  target_version: 1,
});
await reportService("apply request with nothing to do", "apply", {}, { isApplied: true });
await reportService("status request, nothing pending", "status", {}, { isApplied: true });

async function report(
  name: string,
  measured: (workspace: Workspace) => Promise<void>,
): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await using workspace = smallMigrations();
    const started = performance.now();
    await measured(workspace);
    times.push(performance.now() - started);
  }
  print(name, times);
}

async function reportService(
  name: string,
  verb: "apply" | "status",
  body: Readonly<Record<string, unknown>>,
  { isApplied = false } = {},
): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await using workspace = smallMigrations();
    await using _service = await GodwitProcess.serve([
      "--nats",
      server.url,
      ...directories(workspace),
    ]);
    const connection = await server.connect();
    const ask = async (request: string, payload: unknown): Promise<void> => {
      const message = await connection.request(
        `db.migrate.small.${request}`,
        JSON.stringify(payload),
        {
          timeout: 60_000,
        },
      );
      const reply = message.json<{ success: boolean }>();
      if (!reply.success) throw new Error(JSON.stringify(reply));
    };
    if (isApplied) await ask("apply", {});
    const started = performance.now();
    await ask(verb, body);
    times.push(performance.now() - started);
    await connection.close();
  }
  print(name, times);
}

function smallMigrations(): Workspace {
  const workspace = new Workspace();
  workspace.write(
    "small",
    Object.fromEntries(Array.from({ length: MIGRATIONS }, (_, index) => {
      const number = String(index + 1).padStart(3, "0");
      const sql = `-- UP
CREATE TABLE t${number} (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO t${number} (name) VALUES ('one'), ('two');
-- DOWN
DROP TABLE t${number};
`;
      return [`${number}_create_t${number}.sql`, sql];
    })),
  );
  return workspace;
}

function directories(workspace: Workspace): readonly string[] {
  return ["--plugins", workspace.pluginsDir, "--data", workspace.dataDir];
}

async function expectSuccess(args: readonly string[]): Promise<void> {
  const { code, stderr } = await godwit(args);
  if (code !== 0) throw new Error(stderr);
}

function print(name: string, times: readonly number[]): void {
  const sorted = times.toSorted((one, other) => one - other);
  const median = ((sorted[ROUNDS / 2 - 1] ?? NaN) + (sorted[ROUNDS / 2] ?? NaN)) / 2;
  console.log(`| ${name} | ${median.toFixed(0)} |`);
}
