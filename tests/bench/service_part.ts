// Requests to a running service over NATS, beside an echo by the same client and server.

import type { NatsConnection } from "nats.ws";
import { NatsServer } from "../support/nats_server.ts";
import { measureRival } from "./apply_part.ts";
import { directoryOptions, smallMigrations, writePlugin } from "./bench_plugins.ts";
import { benchProgram, type Command, godwit } from "./commands.ts";
import type { BenchOptions, Part, Section } from "./part.ts";
import { installRivals } from "./rivals.ts";
import { aimCell, alternate, formatNumber, medianOf, percentileOf } from "./samples.ts";
import { temporaryDirectory } from "./temporary_directory.ts";

const REQUESTS = 200;
const PENDING_REQUESTS = 20;
const CALLERS = 16;
const CONCURRENT_REQUESTS = 2_000;
const APPLIED = 9;
const TIMEOUT_MS = 60_000;
/** A status is kept only if the files are older than the coarsest tick of a file system's clock. */
const SETTLE_MS = 2_100;

const ECHO = "echo";
const LARGE_ECHO = "echo with a reply of 3,000 bytes";
const STATUS = "status, nothing changed";
const IDLE_APPLY = "apply, nothing to do";
const ONE_PENDING = "apply of one pending migration";

const AIMS = { status: 3, idle: 10, perSecond: 2_000, onePending: 0.08 };

/** The part. */
export const servicePart: Part = {
  name: "service",
  title: "A running service over NATS",
  measure,
};

async function measure({ rounds }: BenchOptions): Promise<Section> {
  using root = temporaryDirectory();
  // A plugin for each apply, with SQL of its own, so that no rehearsal of another one serves it.
  const plugins = Array.from(
    { length: (rounds + 1) * PENDING_REQUESTS },
    (_, index) => `p${index}`,
  );
  for (const plugin of plugins) {
    writePlugin(root.path, plugin, smallMigrations(APPLIED + 1, `${plugin}_`));
  }
  writePlugin(root.path, "settled", smallMigrations(APPLIED + 1));
  await using server = await NatsServer.start();
  await using _service = await start(
    godwit("serve", "--nats", server.url, ...directoryOptions(root.path)),
  );
  await using _echo = await start(benchProgram("echo_program.ts", [server.url, "bench.echo"]));
  const connection = await server.connect();
  let events = 0;
  connection.subscribe("db.migrate.*.events", { callback: () => void events++ });
  const ask = (verb: string, plugin: string, body: object = {}): Promise<number> =>
    request(connection, `db.migrate.${plugin}.${verb}`, body);

  for (const plugin of plugins) await ask("apply", plugin, { target_version: APPLIED });
  await ask("apply", "settled");
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));

  const echo = (bytes = 2): Promise<number> => request(connection, "bench.echo", bytes);
  const status = (): Promise<number> => ask("status", "settled");
  const pending = plugins.values();
  const works: readonly Work[] = [
    { name: ECHO, requests: REQUESTS, ask: () => echo() },
    { name: LARGE_ECHO, requests: REQUESTS, ask: () => echo(3_000) },
    { name: STATUS, requests: REQUESTS, ask: status },
    { name: IDLE_APPLY, requests: REQUESTS, ask: () => ask("apply", "settled") },
    {
      name: ONE_PENDING,
      requests: PENDING_REQUESTS,
      ask: () => ask("apply", pending.next().value ?? ""),
    },
  ];
  const samples = new Map<string, number[]>(works.map(({ name }) => [name, []]));
  const rates = { echo: [] as number[], status: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    for (const { name, requests, ask } of works) {
      for (let count = 0; count < requests; count++) {
        const ms = await ask();
        if (round > 0) samples.get(name)?.push(ms);
      }
    }
    rates.echo.push(await requestsPerSecond(() => echo()));
    rates.status.push(await requestsPerSecond(status));
  }
  if (events === 0) throw new Error("No event has arrived");
  return section(samples, rates, await dbmateMs(rounds));
}

/** Requests of one kind. */
interface Work {
  readonly name: string;
  /** How many in each round. */
  readonly requests: number;
  ask(): Promise<number>;
}

function section(
  samples: ReadonlyMap<string, readonly number[]>,
  rates: Readonly<Record<"echo" | "status", readonly number[]>>,
  dbmate: number | null,
): Section {
  const floor = medianOf(samples.get(ECHO) ?? []);
  const aims: Readonly<Record<string, number>> = { [STATUS]: AIMS.status, [IDLE_APPLY]: AIMS.idle };
  const rows = [...samples].map(([name, times]) => {
    const ratio = medianOf(times) / floor;
    const aim = aims[name];
    return [
      name,
      formatNumber(medianOf(times)),
      formatNumber(percentileOf(times, 0.99)),
      ratio.toFixed(1),
      aim === undefined ? "" : aimCell(ratio, aim),
    ];
  });
  if (dbmate !== null) {
    const ratio = medianOf(samples.get(ONE_PENDING) ?? []) / dbmate;
    rows.push([
      "dbmate's process for 100 migrations; one pending here / that",
      formatNumber(dbmate),
      "",
      ratio.toFixed(3),
      aimCell(ratio, AIMS.onePending),
    ]);
  }
  const perSecond = medianOf(rates.status.slice(1));
  const notes = [
    `With ${CALLERS} callers: ${perSecond.toFixed(0)} requests of status per second (at least ` +
    `${AIMS.perSecond}: ${perSecond >= AIMS.perSecond ? "met" : "missed"}), ` +
    `${medianOf(rates.echo.slice(1)).toFixed(0)} echoes per second.`,
    "A client receives the events of every run on the same connection. Each apply of one pending " +
    `migration is that of another plugin, with ${APPLIED} applied.`,
  ];
  return {
    table: { columns: ["request", "p50 ms", "p99 ms", "/ echo", "aim"], rows },
    notes,
    chart: [],
  };
}

/** Sends a request, and returns how long the reply took. Throws if it is a failure. */
async function request(
  connection: NatsConnection,
  subject: string,
  body: object | number,
): Promise<number> {
  const started = performance.now();
  const message = await connection.request(subject, JSON.stringify(body), { timeout: TIMEOUT_MS });
  const ms = performance.now() - started;
  const { success, message: text } = message.json<{ success?: boolean; message?: string }>();
  if (success === false) throw new Error(text);
  return ms;
}

async function requestsPerSecond(ask: () => Promise<number>): Promise<number> {
  let sent = 0;
  const call = async (): Promise<void> => {
    while (sent++ < CONCURRENT_REQUESTS) await ask();
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: CALLERS }, call));
  return CONCURRENT_REQUESTS * 1_000 / (performance.now() - started);
}

async function dbmateMs(rounds: number): Promise<number | null> {
  for (const state of await installRivals()) {
    if (state.kind !== "installed" || !state.rival.name.startsWith("dbmate")) continue;
    const samples = await alternate(
      [{ name: "dbmate", measure: () => measureRival(state.rival, 100) }],
      rounds,
    );
    return medianOf(samples.get("dbmate") ?? []);
  }
  return null;
}

/** Starts a program and waits until it says on standard error that it serves. */
async function start({ program, args }: Command): Promise<AsyncDisposable> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const ready = Promise.withResolvers<void>();
  const reading = (async () => {
    let text = "";
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.includes("Serving")) ready.resolve();
    }
    ready.reject(new Error(`${program} ended: ${text}`));
  })();
  await ready.promise;
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGTERM");
      await child.status;
      await reading;
    },
  };
}
