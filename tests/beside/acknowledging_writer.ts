// A native program that writes rows for ever and notes each one that SQLite has acknowledged. It
// reads, checkpoints and reopens its database as plugins do. Ends with 3 where SQLite finds
// something wrong.

import fs from "node:fs";
import { DatabaseSync } from "node:sqlite";

const [path = "", name = "", notesPath = ""] = Deno.args;
const notes = fs.openSync(notesPath, "a");
let database = open();

function open(): DatabaseSync {
  const opened = new DatabaseSync(path, { timeout: 5_000 });
  opened.exec(`PRAGMA synchronous=FULL; PRAGMA cache_size=${Math.random() < 0.3 ? 10 : 2_000}`);
  return opened;
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function fail(problem: string): never {
  console.log(problem);
  Deno.exit(3);
}

function write(row: string): void {
  database.exec("BEGIN IMMEDIATE");
  const counter = database.prepare("SELECT n FROM counter").get()?.n;
  database.prepare("UPDATE counter SET n = CAST(? AS INTEGER)").run(Number(counter) + 1);
  database.prepare("INSERT INTO log (who) VALUES (?)").run(row);
  const chance = Math.random();
  if (chance < 0.1) database.exec("INSERT INTO filler SELECT randomblob(900) FROM log LIMIT 300");
  else if (chance < 0.2) database.exec("DELETE FROM filler WHERE rowid % 8");
  if (Math.random() < 0.1) database.exec("ROLLBACK");
  else {
    database.exec("COMMIT");
    fs.writeSync(notes, `${row}\n`);
  }
}

function read(): void {
  const query = "SELECT (SELECT n FROM counter) AS n, (SELECT count(*) FROM log) AS rows";
  database.exec("BEGIN");
  const first = database.prepare(query).get();
  sleep(Math.random() * 20);
  const second = database.prepare(query).get();
  database.exec("COMMIT");
  if (first?.n !== first?.rows) fail(`a lost update: ${JSON.stringify(first)}`);
  if (JSON.stringify(first) !== JSON.stringify(second)) fail("a snapshot moved");
}

function check(): void {
  const row = database.prepare("PRAGMA integrity_check").get();
  if (row?.integrity_check !== "ok") fail(`integrity: ${JSON.stringify(row)}`);
}

function act(sequence: number): void {
  const chance = Math.random();
  if (chance < 0.04) {
    database.close();
    sleep(Math.random() * 20);
    database = open();
  } else if (chance < 0.08) {
    const how = ["PASSIVE", "FULL", "RESTART", "TRUNCATE"][sequence % 4];
    database.prepare(`PRAGMA wal_checkpoint(${how})`).all();
  } else if (chance < 0.1) check();
  else if (chance < 0.13) {
    database.prepare(`PRAGMA journal_mode=${sequence % 2 === 0 ? "wal" : "delete"}`).get();
  } else if (chance < 0.3) read();
  else write(`${name}-${sequence}`);
}

for (let sequence = 1;; sequence++) {
  try {
    act(sequence);
  } catch (error) {
    // Waiting in vain is allowed, and so is a statement that meets a schema which has just changed.
    const message = error instanceof Error ? error.message : String(error);
    if (!/locked|schema has changed/.test(message)) fail(`${name}: ${message}`);
    if (database.isTransaction) database.exec("ROLLBACK");
  }
  sleep(Math.random() * 10);
}
