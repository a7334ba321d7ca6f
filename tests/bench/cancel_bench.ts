// Measures how fast runs end that are cancelled at random moments, and that the next run succeeds.

import { join } from "node:path";
import { sleep } from "../../lib/deadline.ts";
import { type Migrator, openMigrator } from "../../lib/migrator.ts";
import { migrationFile } from "../support/migration_file.ts";
import { percentileOf } from "./samples.ts";
import { temporaryDirectory } from "./temporary_directory.ts";

const TIMES = Number(Deno.args[0] ?? 50);
// A cancel comes this long after the request at most.
const MOST_DELAY_MS = 600;
const ROWS = 200_000;
const PLUGIN = "p";

const TABLE = migrationFile(
  "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, body TEXT);" +
    `INSERT INTO t WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ${ROWS}) ` +
    "SELECT n, 15000, 'row ' || n FROM c;",
);

/** What is cancelled, as the second migration of a plugin. */
const WORK: Readonly<Record<string, string>> = {
  "a long INSERT": "INSERT INTO t (n) WITH RECURSIVE c (n) AS " +
    "(SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c LIMIT 100000000;",
  "a rebuild": "CREATE TABLE u (id INTEGER PRIMARY KEY, n INTEGER, body TEXT NOT NULL);" +
    "INSERT INTO u SELECT id, n, body FROM t; DROP TABLE t; ALTER TABLE u RENAME TO t;" +
    "CREATE INDEX t_body ON t (body);",
  "an endless rehearsal": "CREATE TABLE e AS WITH RECURSIVE c (n) AS " +
    "(SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c;",
  "one long operation":
    "UPDATE t SET body = instr(hex(zeroblob(3 * n)), hex(zeroblob(n)) || '1') " +
    "WHERE id = 1;",
};

/** One cancelled run: from the cancel to the run's reply; `null` where the run had ended before. */
async function cancelOnce(migrator: Migrator): Promise<number | null> {
  const running = migrator.apply(PLUGIN);
  await sleep(Math.random() * MOST_DELAY_MS);
  const startedMs = performance.now();
  const cancelling = migrator.cancel(PLUGIN);
  const reply = await running;
  const ms = performance.now() - startedMs;
  const cancelled = await cancelling;
  const isCancelled = !reply.success && reply.error_code === "CANCELLED";
  if (!reply.success && !isCancelled) throw new Error(JSON.stringify(reply));
  if (cancelled.success && cancelled.cancelled !== isCancelled) {
    throw new Error(
      `The cancel says ${JSON.stringify(cancelled)}, the run ${JSON.stringify(reply)}`,
    );
  }
  return isCancelled ? ms : null;
}

async function measure(sql: string): Promise<readonly number[]> {
  using directory = temporaryDirectory();
  const plugins = join(directory.path, "plugins");
  const migrations = join(plugins, PLUGIN, "migrations");
  Deno.mkdirSync(migrations, { recursive: true });
  const write = (file: string, text: string): void =>
    Deno.writeTextFileSync(join(migrations, file), text);
  await using migrator = await openMigrator({
    plugins,
    data: join(directory.path, "data"),
    busyTimeoutMs: 120_000,
  });
  write("001_table.sql", TABLE);
  await succeed(migrator.apply(PLUGIN));
  const samples: number[] = [];
  while (samples.length < TIMES) {
    write("002_work.sql", migrationFile(sql, "SELECT 1;"));
    const ms = await cancelOnce(migrator);
    if (ms === null) {
      // It ended before it was cancelled.
      await succeed(migrator.rollback(PLUGIN));
      continue;
    }
    samples.push(ms);
    write("002_work.sql", migrationFile("CREATE TABLE IF NOT EXISTS small (a);", "SELECT 1;"));
    await succeed(migrator.apply(PLUGIN));
    await succeed(migrator.rollback(PLUGIN));
  }
  return samples;
}

async function succeed(answer: ReturnType<Migrator["apply" | "rollback"]>): Promise<void> {
  const reply = await answer;
  if (!reply.success) throw new Error(`The next run failed: ${JSON.stringify(reply)}`);
}

for (const [name, sql] of Object.entries(WORK)) {
  const samples = await measure(sql);
  const ms = (share: number): number => Math.round(percentileOf(samples, share));
  console.log(`${name}: ${samples.length} cancels, p50 ${ms(0.5)} ms, worst ${ms(1)} ms`);
}
