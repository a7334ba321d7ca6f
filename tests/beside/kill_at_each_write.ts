// Kills godwit before each change that a migration makes to files, beside a native program or alone, and
// looks at what native SQLite and the next godwit find.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { dispatch } from "../../lib/handler/dispatch.ts";
import type { Migration } from "../../lib/migration/migration.ts";
import { parseMigration } from "../../lib/migration/parse_migration.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { directContext } from "../crash/direct_context.ts";
import { type Engine, startEngine } from "../crash/engine.ts";
import { PLUGIN } from "../crash/migration_session.ts";
import { NativeProgram } from "../support/native_program.ts";
import { COMMITTED, createDatabase, type JournalMode } from "./native_states.ts";

/** Where godwit is killed. */
export interface KillSettings {
  readonly mode: JournalMode;
  /** A cache of four pages lets uncommitted pages reach the disk. */
  readonly cache: "default" | "4 pages";
  /** A native program that keeps the database open, or one that opens it afterwards. */
  readonly native: "idle" | "alone";
  /** Before which change it is killed first, and how many changes further on each time. */
  readonly from: number;
  readonly every: number;
}

export interface KillAtEachReport {
  readonly kills: number;
  /** Kills after which the migration was found done. */
  readonly done: number;
  /** Kills after the migration was reported. */
  readonly reported: number;
  readonly problems: readonly string[];
}

const FILE = "001_rebuild_quotes.sql";
const MIGRATION = `-- UP
CREATE TABLE quotes_new (id INTEGER PRIMARY KEY, body TEXT NOT NULL, votes INTEGER DEFAULT 0);
INSERT INTO quotes_new (id, body) SELECT id, body FROM quotes;
DROP TABLE quotes;
ALTER TABLE quotes_new RENAME TO quotes;
CREATE INDEX quotes_body ON quotes (body);
INSERT INTO quotes (id, body) SELECT 1000 + id, 'added' FROM quotes WHERE id <= 20;
-- DOWN
DELETE FROM quotes WHERE body = 'added';
`;

/** Kills it until it comes to its end. */
export async function killAtEachWrite(settings: KillSettings): Promise<KillAtEachReport> {
  const root = Deno.makeTempDirSync({ prefix: "godwit-kill-at-" });
  const directory = join(root, "plugins", PLUGIN, "migrations");
  Deno.mkdirSync(directory, { recursive: true });
  Deno.writeTextFileSync(join(directory, FILE), MIGRATION);
  try {
    return await new Killings(root, settings, await startEngine()).run();
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

/** What the process did before it ended. */
interface Ended {
  readonly wasKilled: boolean;
  readonly hasReported: boolean;
}

class Killings {
  readonly #root: string;
  readonly #settings: KillSettings;
  readonly #engine: Engine;

  constructor(root: string, settings: KillSettings, engine: Engine) {
    this.#root = root;
    this.#settings = settings;
    this.#engine = engine;
  }

  async run(): Promise<KillAtEachReport> {
    const { mode, cache, native, from, every } = this.#settings;
    const report = { kills: 0, done: 0, reported: 0, problems: [] as string[] };
    for (let change = from;; change += every) {
      const directory = join(this.#root, String(change));
      Deno.mkdirSync(directory);
      const path = join(directory, `${PLUGIN}.sqlite3`);
      createDatabase(path, mode);
      await using program = native === "idle" ? new NativeProgram(path) : null;
      const insert = `INSERT INTO quotes VALUES (${COMMITTED}, 'last')`;
      if (program === null) runOnce(path, insert);
      else await program.run(insert);

      const ended = await this.#migrate(path, change);
      if (!ended.wasKilled) return report;
      report.kills += 1;
      if (ended.hasReported) report.reported += 1;
      try {
        const isDone = await this.#look(path, program, ended);
        if (isDone) report.done += 1;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        report.problems.push(`${mode}, cache ${cache}, ${native}, change ${change}: ${reason}`);
      }
    }
  }

  async #migrate(path: string, dieBefore: number): Promise<Ended> {
    const program = new URL("./migrate_and_die.ts", import.meta.url).pathname;
    const plugins = join(this.#root, "plugins");
    const { signal, success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--no-check", "-A", program],
        ...[plugins, path, this.#settings.cache, String(dieBefore)],
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const said = new TextDecoder().decode(stdout);
    const wasKilled = signal === "SIGKILL";
    if (!wasKilled && (!success || !said.includes("changes"))) {
      throw new Error(`The migration failed: ${said}${new TextDecoder().decode(stderr)}`);
    }
    return { wasKilled, hasReported: said.includes("committed") };
  }

  /** Whether the migration was kept; throws where anything is not as it should be. */
  async #look(path: string, program: NativeProgram | null, ended: Ended): Promise<boolean> {
    const run = program === null
      ? (sql: string): Promise<Rows> => Promise.resolve(runOnce(path, sql))
      : (sql: string): Promise<Rows> => program.run(sql);
    // Writing comes first: SQLite decides then what it makes of the log or the journal.
    await run("INSERT INTO quotes (id, body) VALUES (5000, 'afterwards')");
    const isDone = (await run("SELECT 1 FROM sqlite_schema WHERE name = 'quotes_body'")).length > 0;
    expect(await run(SCHEMA), isDone ? AFTER : BEFORE, "schema");
    expect(await run(ROWS), [{ kept: COMMITTED, added: isDone ? 20 : 0, afterwards: 1 }], "rows");
    expect(await run("PRAGMA integrity_check"), [{ integrity_check: "ok" }], "integrity");
    if (ended.hasReported && !isDone) throw new Error("it was reported, and it is lost");

    const status = await this.#ask(path, "status");
    if (!("pending_count" in status)) throw new Error(`status: ${JSON.stringify(status)}`);
    expect([status.current_version, status.pending_count], isDone ? [1, 0] : [0, 1], "status");
    const applied = await this.#ask(path, "apply");
    if (!applied.success) throw new Error(`apply: ${JSON.stringify(applied)}`);

    expect(await run(SCHEMA), AFTER, "schema after another apply");
    expect(await run(ROWS), [{ kept: COMMITTED, added: 20, afterwards: 1 }], "rows after it");
    expect(await run("PRAGMA integrity_check"), [{ integrity_check: "ok" }], "integrity after it");
    return isDone;
  }

  async #ask(path: string, verb: "apply" | "status") {
    this.#engine.plug(nodeStorage({ busyTimeoutMs: 1_000 }));
    const context = directContext(this.#engine, [await migration()], path);
    return await dispatch(verb, PLUGIN, new Uint8Array(), context);
  }
}

type Rows = readonly Readonly<Record<string, unknown>>[];

const SCHEMA = "SELECT name FROM sqlite_schema WHERE name LIKE 'quotes%' ORDER BY name";
const BEFORE: Rows = [{ name: "quotes" }];
const AFTER: Rows = [{ name: "quotes" }, { name: "quotes_body" }];

const ROWS = `SELECT count(*) FILTER (WHERE body = printf('%0300d', id) OR body = 'last') AS kept,
  count(*) FILTER (WHERE body = 'added') AS added,
  count(*) FILTER (WHERE body = 'afterwards') AS afterwards FROM quotes`;

function runOnce(path: string, sql: string): Rows {
  const database = new DatabaseSync(path);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

async function migration(): Promise<Migration> {
  const parsed = await parseMigration(FILE, new TextEncoder().encode(MIGRATION));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  return parsed.migration;
}

function expect(found: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
}
