// Applies every file of a directory with a package that `rivals.ts` has installed. Runs in Deno:
// rival_program.ts <kysely | umzug | by-hand> <installed> <files> <database>

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** What is used of better-sqlite3. */
interface Database {
  exec(sql: string): void;
  prepare(sql: string): { run(...values: unknown[]): void; all(): readonly { name: string }[] };
  pragma(text: string, options?: { readonly simple: true }): unknown;
  close(): void;
}

/** What is used of Kysely. */
interface Kysely {
  readonly Kysely: new (options: { dialect: unknown }) => { destroy(): Promise<void> };
  readonly SqliteDialect: new (options: { database: Database }) => unknown;
}
interface KyselyMigration {
  readonly Migrator: new (options: {
    db: unknown;
    provider: { getMigrations(): Promise<Record<string, { up(): Promise<void> }>> };
  }) => { migrateToLatest(): Promise<{ error?: unknown }> };
}

/** What is used of Umzug. */
interface Umzug {
  readonly Umzug: new (options: {
    migrations: readonly { name: string; up(): Promise<void> }[];
    storage: {
      executed(): Promise<readonly string[]>;
      logMigration(migration: { name: string }): Promise<void>;
      unlogMigration(): Promise<void>;
    };
    logger: undefined;
  }) => { up(): Promise<unknown> };
}

const [way, installed = "", directory = "", path = ""] = Deno.args;
const load = createRequire(`${installed}/`);
const database: Database = new (load("better-sqlite3"))(path);
const files = readdirSync(directory).sort();
const read = (file: string): string => readFileSync(`${directory}/${file}`, "utf8");

if (way === "kysely") await withKysely();
else if (way === "umzug") await withUmzug();
else byHand();

// On SQLite, Kysely leaves transactions to the migration.
async function withKysely(): Promise<void> {
  const { Kysely, SqliteDialect }: Kysely = load("kysely");
  const { Migrator }: KyselyMigration = load("kysely/migration");
  const db = new Kysely({ dialect: new SqliteDialect({ database }) });
  const up = (file: string) => () => Promise.resolve(database.exec(`BEGIN; ${read(file)}; COMMIT`));
  const migrations = Object.fromEntries(files.map((file) => [file, { up: up(file) }]));
  const provider = { getMigrations: () => Promise.resolve(migrations) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw error;
  await db.destroy();
}

// Umzug leaves transactions and the table of what is applied to its user.
async function withUmzug(): Promise<void> {
  const { Umzug }: Umzug = load("umzug");
  database.exec("CREATE TABLE IF NOT EXISTS umzug (name TEXT PRIMARY KEY)");
  const executed = database.prepare("SELECT name FROM umzug");
  const log = database.prepare("INSERT INTO umzug VALUES (?)");
  const umzug = new Umzug({
    migrations: files.map((name) => ({
      name,
      up: () => Promise.resolve(database.exec(`BEGIN; ${read(name)}`)),
    })),
    storage: {
      executed: () => Promise.resolve(executed.all().map(({ name }) => name)),
      logMigration({ name }) {
        log.run(name);
        return Promise.resolve(database.exec("COMMIT"));
      },
      unlogMigration: () => Promise.resolve(),
    },
    logger: undefined,
  });
  await umzug.up();
  database.close();
}

function byHand(): void {
  const applied = Number(database.pragma("user_version", { simple: true }));
  for (const [index, file] of files.entries()) {
    if (index < applied) continue;
    database.exec(`BEGIN; ${read(file)}; PRAGMA user_version=${index + 1}; COMMIT`);
  }
  database.close();
}
