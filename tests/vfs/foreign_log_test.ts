// refuseForeignFiles() accepts every log and journal that SQLite can leave beside its own database, and
// refuses those of another one. A false refusal locks a plugin out of its database.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { refuseForeignFiles } from "../../lib/vfs/foreign_log.ts";
import { type Files, memoryStorage } from "../../lib/vfs/memory_storage.ts";
import { openDatabase, startEngine } from "../crash/engine.ts";
import { PowerCut } from "../support/power_cut.ts";
import { forAll, Random } from "../support/random.ts";
import { simulatedDisk } from "../support/simulated_disk.ts";
import { suite } from "../support/suite.ts";

const foreign = suite("refuseForeignFiles()");
const engine = await startEngine();

const PATH = "/data/own.sqlite3";
const PAGE_SIZES = [512, 1_024, 4_096, 8_192, 32_768, 65_536] as const;
const CHECKPOINTS = ["PASSIVE", "FULL", "RESTART", "TRUNCATE"] as const;
const MODES = ["WAL", "WAL", "DELETE", "TRUNCATE", "PERSIST", "MEMORY"] as const;

/** What a connection may be sent. Statements that SQLite refuses change nothing. */
function anyStatement(random: Random): string {
  const size = random.integer(1, 3_000);
  // Whoever reads at a wrong offset takes this content for page numbers.
  const content = `replace(hex(zeroblob(${size})), '00', char(0, 0, 0, 1))`;
  const choices: readonly [number, string][] = [
    [30, `INSERT INTO t (a) SELECT ${content} FROM (VALUES (1), (2), (3))`],
    [10, `UPDATE t SET a = ${content} WHERE id % ${random.integer(1, 4)} = 0`],
    [10, `DELETE FROM t WHERE id % ${random.integer(2, 5)} = 0`],
    [8, "BEGIN IMMEDIATE"],
    [8, "COMMIT"],
    [3, "ROLLBACK"],
    [5, `CREATE TABLE IF NOT EXISTS u${random.integer(1, 4)} (b)`],
    [4, `DROP TABLE IF EXISTS u${random.integer(1, 4)}`],
    [3, "CREATE INDEX IF NOT EXISTS t_a ON t (a)"],
    [2, "DROP INDEX IF EXISTS t_a"],
    [3, `PRAGMA user_version=${random.integer(0, 9)}`],
    [8, `PRAGMA wal_checkpoint(${random.pick(CHECKPOINTS)})`],
    [3, `PRAGMA page_size=${random.pick(PAGE_SIZES)}`],
    [4, "VACUUM"],
    [3, `PRAGMA auto_vacuum=${random.integer(0, 2)}`],
    [3, `PRAGMA incremental_vacuum(${random.integer(1, 9)})`],
    [6, `PRAGMA journal_mode=${random.pick(MODES)}`],
    [3, `PRAGMA synchronous=${random.integer(0, 3)}`],
    [3, `PRAGMA cache_size=${random.pick([2, 4, 2_000])}`],
    [2, `PRAGMA locking_mode=${random.pick(["NORMAL", "EXCLUSIVE"])}`],
    [2, `PRAGMA wal_autocheckpoint=${random.pick([0, 3, 1_000])}`],
  ];
  let left = random.integer(1, choices.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, sql] of choices) if ((left -= weight) <= 0) return sql;
  return "COMMIT";
}

function isAccepted(files: Files): boolean {
  const storage = memoryStorage(files);
  if (!files.has(PATH)) return true;
  refuseForeignFiles(
    storage,
    storage.open(PATH, { access: "read", existence: "must-exist" }),
    PATH,
  );
  return true;
}

/** Two native connections that come and go. */
class NativePair implements Disposable {
  readonly #directory = Deno.makeTempDirSync({ prefix: "godwit-foreign-" });
  readonly #connections: (DatabaseSync | null)[] = [null, null];
  #copies = 0;
  #path = join(this.#directory, "0.sqlite3");

  constructor(random: Random) {
    this.exec(0, `PRAGMA page_size=${random.pick(PAGE_SIZES)}`);
    this.exec(0, `PRAGMA auto_vacuum=${random.integer(0, 2)}`);
    this.exec(0, `PRAGMA journal_mode=${random.pick(MODES)}`);
    this.exec(0, "CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
  }

  exec(which: number, sql: string): void {
    this.#connections[which] ??= new DatabaseSync(this.#path);
    try {
      this.#connections[which].prepare(sql).all();
    } catch {
      // "database is locked", "cannot VACUUM from within a transaction" and others of that kind.
    }
  }

  reopen(which: number): void {
    this.#connections[which]?.close();
    this.#connections[which] = null;
  }

  /** Goes on with what a kill would leave now. */
  kill(): void {
    const path = join(this.#directory, `${++this.#copies}.sqlite3`);
    for (const suffix of SUFFIXES) {
      const bytes = read(`${this.#path}${suffix}`);
      if (bytes !== null) Deno.writeFileSync(`${path}${suffix}`, bytes);
    }
    for (const which of [0, 1]) this.reopen(which);
    this.#path = path;
  }

  files(): Files {
    return new Map(SUFFIXES.flatMap((suffix) => {
      const bytes = read(`${this.#path}${suffix}`);
      return bytes === null ? [] : [[`${PATH}${suffix}`, bytes]];
    }));
  }

  [Symbol.dispose](): void {
    for (const which of [0, 1]) this.reopen(which);
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

const SUFFIXES = ["", "-wal", "-journal"];

function read(path: string): Uint8Array | null {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

foreign("accepts what native connections leave after any statement", async () => {
  let checked = 0;
  await forAll(40, (random) => {
    using native = new NativePair(random);
    const done: string[] = [];
    for (let step = 0; step < 60; step++) {
      const which = random.chance(80) ? 0 : 1;
      const sql = random.chance(6) ? "reopen" : random.chance(4) ? "kill" : anyStatement(random);
      done.push(`${which}: ${sql}`);
      if (sql === "reopen") native.reopen(which);
      else if (sql === "kill") native.kill();
      else native.exec(which, sql);
      assert.ok(isAccepted(native.files()), done.join("\n"));
      checked += 1;
    }
  });
  assert.ok(checked > 0);
});

foreign("accepts what a kill leaves at any change to the disk", async () => {
  await forAll(20, (random) => {
    const disk = simulatedDisk();
    engine.plug(disk.storage);
    let connection = openDatabase(engine, PATH);
    const exec = (sql: string): void => {
      try {
        connection.exec(sql);
      } catch {
        // As above.
      }
    };
    exec(`PRAGMA page_size=${random.pick(PAGE_SIZES)}`);
    exec(`PRAGMA journal_mode=${random.pick(MODES)}`);
    exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
    for (let step = 0; step < 40; step++) {
      if (random.chance(5)) {
        connection.close();
        connection = openDatabase(engine, PATH);
      } else exec(anyStatement(random));
    }
    connection.close();
    const cut = new PowerCut();
    for (const operation of disk.operations) {
      cut.advance(operation);
      assert.ok(isAccepted(cut.cut(() => ({ kind: "kept" })).files()));
    }
  });
});

foreign("accepts a frame whose page was not written before the kill", () => {
  using native = new NativePair(new Random(1));
  for (const sql of ["PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=0"]) native.exec(0, sql);
  for (let row = 0; row < 5; row++) native.exec(0, `CREATE TABLE u${row} (b)`);
  native.exec(0, "PRAGMA wal_checkpoint(FULL)");
  native.exec(0, "CREATE TABLE u9 (b)");
  const files = native.files();
  const log = files.get(`${PATH}-wal`) ?? new Uint8Array(0);
  // Page 1 comes first. In its place is what another page left before the log was started again.
  const page = 32 + 24;
  assert.is(new DataView(log.buffer).getUint32(32), 1);
  log.fill(0xff, page, page + 512);
  assert.ok(isAccepted(files));
});

for (const mode of ["WAL", "DELETE"]) {
  foreign(`refuses what was left beside another state of the database: ${mode}`, () => {
    using native = new NativePair(new Random(2));
    native.exec(0, `PRAGMA journal_mode=${mode}`);
    native.exec(0, "PRAGMA cache_size=2");
    for (let row = 0; row < 9; row++) native.exec(0, `CREATE TABLE v${row} (b)`);
    native.exec(0, "PRAGMA wal_checkpoint(TRUNCATE)");
    native.exec(0, "BEGIN IMMEDIATE");
    native.exec(0, "CREATE TABLE last (b)");
    native.exec(0, "INSERT INTO t (a) SELECT zeroblob(9000) FROM (VALUES (1), (2), (3))");
    if (mode === "WAL") native.exec(0, "COMMIT");
    const files = native.files();
    assert.ok(isAccepted(files));
    const counter = counterOf(files);
    for (const other of [counter - 8, counter + 5_000]) {
      assert.throws(() => isAccepted(withCounter(files, other)), /another database.*EFOREIGNLOG/);
    }
  });
}

function counterOf(files: Files): number {
  return new DataView((files.get(PATH) ?? new Uint8Array(100)).buffer).getUint32(24);
}

/** The files with another change counter in the database, as a backup has. */
function withCounter(files: Files, counter: number): Files {
  const database = files.get(PATH)?.slice() ?? new Uint8Array(100);
  new DataView(database.buffer).setUint32(24, counter);
  return new Map([...files, [PATH, database]]);
}

foreign.run();
