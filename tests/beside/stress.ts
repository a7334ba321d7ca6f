// godwit and native writers on one database, any of which may be killed at any moment: nothing that
// was acknowledged may be lost.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { permissionsOf } from "../support/permitted_migrator.ts";
import type { Random } from "../support/random.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import type { JournalMode } from "./native_states.ts";

export interface StressReport {
  /** Applies and rollbacks that were answered. */
  readonly rounds: number;
  readonly kills: number;
  /** Rows of which a writer knew that they were committed. */
  readonly acknowledged: number;
  readonly lost: readonly string[];
  readonly problems: readonly string[];
}

const PLUGIN = "busy";
const WRITERS = 2;

// Between them they create, rebuild, index and drop beside the tables that the writers use.
const MIGRATIONS: readonly (readonly [string, string])[] = [
  ["CREATE TABLE one (a, b); INSERT INTO one SELECT who, 1 FROM log;", "DROP TABLE one;"],
  ["CREATE INDEX log_who ON log (who);", "DROP INDEX log_who;"],
  [
    "CREATE TABLE log_new (who TEXT UNIQUE, note TEXT); INSERT INTO log_new (who) SELECT who FROM log;" +
    " DROP TABLE log; ALTER TABLE log_new RENAME TO log; CREATE INDEX log_who ON log (who);",
    "DROP INDEX log_who; CREATE TABLE log_old (who TEXT UNIQUE); INSERT INTO log_old SELECT who FROM log;" +
    " DROP TABLE log; ALTER TABLE log_old RENAME TO log; CREATE INDEX log_who ON log (who);",
  ],
  ["CREATE VIEW named AS SELECT who FROM log;", "DROP VIEW named;"],
  [
    "CREATE TABLE many (a, b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n" +
    " WHERE i < 3000) INSERT INTO many SELECT i, randomblob(400) FROM n;",
    "DROP TABLE many;",
  ],
];

/** Runs until so many requests were answered. */
export async function stress(
  mode: JournalMode,
  rounds: number,
  random: Random,
): Promise<StressReport> {
  const root = Deno.makeTempDirSync({ prefix: "godwit-stress-" });
  try {
    return await new Stress(root, mode, random).run(rounds);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

/** A program that is started again whenever it was killed. */
interface Running {
  readonly start: () => Deno.ChildProcess;
  child: Deno.ChildProcess;
}

class Stress {
  readonly #root: string;
  readonly #path: string;
  readonly #notes: string;
  readonly #random: Random;
  readonly #problems: string[] = [];
  #rounds = 0;
  #writers = 0;

  constructor(root: string, mode: JournalMode, random: Random) {
    this.#root = root;
    this.#random = random;
    this.#path = join(root, "data", `${PLUGIN}.sqlite3`);
    this.#notes = join(root, "notes");
    Deno.writeTextFileSync(this.#notes, "");
    Deno.mkdirSync(join(root, "data"));
    sqliteShell(
      this.#path,
      `PRAGMA journal_mode=${mode}; CREATE TABLE counter (n); INSERT INTO counter VALUES (0);
       CREATE TABLE log (who TEXT UNIQUE); CREATE TABLE filler (a)`,
    );
    this.#writeMigrations(join(root, "plugins", PLUGIN, "migrations"));
  }

  async run(rounds: number): Promise<StressReport> {
    const godwit = this.#keepRunning(() => this.#startGodwit());
    const writers = Array.from(
      { length: WRITERS },
      () => this.#keepRunning(() => this.#startWriter()),
    );
    let kills = 0;
    while (this.#rounds < rounds && this.#problems.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, this.#random.integer(300, 2_500)));
      const victim = this.#random.pick([godwit, godwit, ...writers]);
      await this.#kill(victim);
      kills += 1;
      // Every rebuild makes one, and nothing here restores any.
      if (victim === godwit) this.#removeBackups();
      victim.child = victim.start();
    }
    for (const each of [godwit, ...writers]) await this.#kill(each);
    return { rounds: this.#rounds, kills, ...this.#look() };
  }

  /** What native SQLite finds at the end. */
  #look(): Pick<StressReport, "acknowledged" | "lost" | "problems"> {
    const acknowledged = Deno.readTextFileSync(this.#notes).split("\n").slice(0, -1);
    const rows = new Set(sqliteShell(this.#path, "SELECT who FROM log").split("\n"));
    const check = sqliteShell(this.#path, "PRAGMA integrity_check");
    const [counter, count] = sqliteShell(
      this.#path,
      "SELECT n FROM counter; SELECT count(*) FROM log",
    )
      .split("\n");
    return {
      acknowledged: acknowledged.length,
      lost: acknowledged.filter((row) => !rows.has(row)),
      problems: [
        ...this.#problems,
        ...(check === "ok" ? [] : [`integrity: ${check}`]),
        ...(counter === count ? [] : [`${counter} counted, ${count} rows`]),
      ],
    };
  }

  #removeBackups(): void {
    const backups = join(this.#root, "data", "backups");
    if (existsSync(backups)) Deno.removeSync(backups, { recursive: true });
  }

  #keepRunning(start: () => Deno.ChildProcess): Running {
    return { start, child: start() };
  }

  async #kill({ child }: Running): Promise<void> {
    try {
      child.kill("SIGKILL");
    } catch (error) {
      // It has ended by itself, which its status says.
      if (!(error instanceof TypeError)) throw error;
    }
    const { signal, code } = await child.status;
    if (signal !== "SIGKILL") this.#problems.push(`a program ended by itself: ${signal ?? code}`);
  }

  #startGodwit(): Deno.ChildProcess {
    const args = [join(this.#root, "plugins"), join(this.#root, "data"), PLUGIN];
    return this.#start("./migrate_beside.ts", permissionsOf("godwit"), [
      ...args,
      String(MIGRATIONS.length),
    ]);
  }

  #startWriter(): Deno.ChildProcess {
    const name = `w${++this.#writers}`;
    return this.#start("./acknowledging_writer.ts", ["-A"], [this.#path, name, this.#notes]);
  }

  #start(program: string, permissions: readonly string[], args: readonly string[]) {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--no-check",
        ...permissions,
        new URL(program, import.meta.url).pathname,
        ...args,
      ],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#listen(child);
    return child;
  }

  async #listen(child: Deno.ChildProcess): Promise<void> {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      for (const line of text.split("\n")) {
        if (line === "round") this.#rounds += 1;
        else if (line !== "") this.#problems.push(line);
      }
    }
  }

  #writeMigrations(directory: string): void {
    Deno.mkdirSync(directory, { recursive: true });
    for (const [index, [up, down]] of MIGRATIONS.entries()) {
      const name = `${String(index + 1).padStart(3, "0")}_step.sql`;
      Deno.writeTextFileSync(join(directory, name), `-- UP\n${up}\n-- DOWN\n${down}\n`);
    }
  }
}
