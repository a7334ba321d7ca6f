// The workloads of the storage benchmark, in SQL, so that every engine runs the same. Runs in Deno and
// in Node.js.

/** A way to run SQLite. */
export interface Engine {
  exec(sql: string): void;
  /** Runs a query and returns its one number. */
  value(sql: string): number;
  close(): void;
}

/** Opens a database: the file at `path`, or a new one. */
export type OpenEngine = (path: string | null) => Engine;

/** Something to measure. */
export interface Workload {
  readonly name: string;
  readonly file: "fresh" | "big";
  /** What is not measured. */
  prepare(engine: Engine): void;
  run(engine: Engine): void;
}

const ROWS = 500_000;
const POINT_READS = 20_000;

/** The big file: a million rows of about a kilobyte. */
export const BIG_FILE_ROWS: number = 1_000_000;

const CREATE = `CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b TEXT NOT NULL)`;
const FILL = `
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${ROWS})
  INSERT INTO t SELECT i, i * 7919 % 1000003, 'row number ' || i || ' with some text' FROM n`;
const REBUILD = `
  CREATE TABLE t_new (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b TEXT NOT NULL, c INTEGER);
  INSERT INTO t_new (id, a, b) SELECT id, a, b FROM t;
  DROP TABLE t;
  ALTER TABLE t_new RENAME TO t;
  CREATE INDEX t_a ON t (a)`;

function smallTransactions(engine: Engine, count: number): void {
  for (let i = 0; i < count; i++) engine.exec(`INSERT INTO s (v) VALUES (${i})`);
}

/** The workloads, in order. */
export const WORKLOADS: readonly Workload[] = [
  {
    name: "100 small transactions",
    file: "fresh",
    prepare: (engine) => engine.exec("CREATE TABLE s (v INTEGER)"),
    run: (engine) => smallTransactions(engine, 100),
  },
  {
    name: "1,000 small transactions",
    file: "fresh",
    prepare: (engine) => engine.exec("CREATE TABLE s (v INTEGER)"),
    run: (engine) => smallTransactions(engine, 1_000),
  },
  {
    name: "insert 500,000 rows",
    file: "fresh",
    prepare: (engine) => engine.exec(CREATE),
    run: (engine) => engine.exec(`BEGIN; ${FILL}; COMMIT`),
  },
  {
    name: "rebuild that table with an index",
    file: "fresh",
    prepare: (engine) => engine.exec(`${CREATE}; BEGIN; ${FILL}; COMMIT`),
    run: (engine) => engine.exec(`BEGIN; ${REBUILD}; COMMIT`),
  },
  {
    name: "update all rows",
    file: "fresh",
    prepare: (engine) => engine.exec(`${CREATE}; BEGIN; ${FILL}; COMMIT`),
    run: (engine) => engine.exec("BEGIN; UPDATE t SET a = a + 1, b = b || '!'; COMMIT"),
  },
  {
    name: "full scan",
    file: "fresh",
    prepare: (engine) => engine.exec(`${CREATE}; BEGIN; ${FILL}; COMMIT`),
    run: (engine) => engine.value("SELECT sum(a) + sum(length(b)) FROM t"),
  },
  {
    name: "20,000 point reads in 1 GB",
    file: "big",
    prepare: () => {},
    run: (engine) =>
      engine.value(`
        WITH RECURSIVE r(i, x) AS (
          SELECT 1, 12345
          UNION ALL SELECT i + 1, (x * 1103515245 + 12345) % 2147483648 FROM r LIMIT ${POINT_READS}
        )
        SELECT sum(length(t.b)) FROM r JOIN t ON t.id = r.x % ${BIG_FILE_ROWS} + 1`),
  },
];

/** SQL that fills the big file, when it is made. */
export const FILL_BIG_FILE: string = `
  CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT NOT NULL);
  BEGIN;
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${BIG_FILE_ROWS})
  INSERT INTO t SELECT i, printf('%01000d', i) FROM n;
  COMMIT`;

/** Settings that make engines comparable: the same pages, journal, cache and durability. */
export function settings(journalMode: string): string {
  return `PRAGMA page_size=8192; PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=${journalMode};
    PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY`;
}

/**
 * Measures every workload; returns milliseconds by name. Each runs once before, unmeasured and on a
 * database of its own, so that no engine pays for what it compiles at first use.
 */
export function measure(
  openEngine: OpenEngine,
  journalMode: string,
  bigFile: string,
): Readonly<Record<string, number>> {
  const result: Record<string, number> = {};
  for (const workload of WORKLOADS) {
    for (const isMeasured of [false, true]) {
      const engine = openEngine(workload.file === "big" ? bigFile : null);
      engine.exec(settings(journalMode));
      workload.prepare(engine);
      const started = performance.now();
      workload.run(engine);
      if (isMeasured) result[workload.name] = performance.now() - started;
      engine.close();
    }
  }
  return result;
}
