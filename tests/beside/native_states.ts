// The states in which a native program can have a database, each made with a real one.

import { NativeProgram } from "../support/native_program.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";

export type JournalMode = "delete" | "wal";

/** What the native program does with its database. */
export type NativeState = "nobody" | "idle" | "reading" | "writing" | "exclusive" | "killed";

export const JOURNAL_MODES: readonly JournalMode[] = ["delete", "wal"];
export const NATIVE_STATES: readonly NativeState[] = [
  "nobody",
  "idle",
  "reading",
  "writing",
  "exclusive",
  "killed",
];

/** The rows that the native program has committed. */
export const COMMITTED = 200;

/** Creates the database of a plugin. */
export function createDatabase(path: string, mode: JournalMode): void {
  sqliteShell(
    path,
    `PRAGMA journal_mode=${mode}; CREATE TABLE quotes (id INTEGER PRIMARY KEY, body TEXT);
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${COMMITTED - 1})
     INSERT INTO quotes SELECT i, printf('%0300d', i) FROM n`,
  );
}

/** Lets a native program commit a row and brings it into a state; `null` where it ended. */
export async function bringInto(path: string, state: NativeState): Promise<NativeProgram | null> {
  if (state === "nobody") {
    sqliteShell(path, `INSERT INTO quotes VALUES (${COMMITTED}, 'last')`);
    return null;
  }
  const native = new NativeProgram(path);
  await native.run("PRAGMA synchronous=FULL");
  await native.run(`INSERT INTO quotes VALUES (${COMMITTED}, 'last')`);
  switch (state) {
    case "idle":
      return native;
    case "reading":
      await native.run("BEGIN");
      await native.run("SELECT count(*) FROM quotes");
      return native;
    case "writing":
      await native.run("BEGIN IMMEDIATE");
      await native.run("INSERT INTO quotes (body) VALUES ('not yet')");
      return native;
    case "exclusive":
      await native.run("BEGIN EXCLUSIVE");
      return native;
    case "killed":
      // A cache of few pages lets the transaction reach the disk before it ends.
      await native.run("PRAGMA cache_size=5");
      await native.run("BEGIN IMMEDIATE");
      await native.run("UPDATE quotes SET body = printf('%0300d', -id)");
      await native.kill();
      await native[Symbol.asyncDispose]();
      return null;
  }
}

/** Every file of a database: its bytes, or that there is none. */
export function filesOf(path: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ["", "-wal", "-journal"].map((suffix) => [suffix, contentOf(`${path}${suffix}`)]),
  );
}

/** Whether there is a wal-index. Its locks and marks change whenever a program reads. */
export function hasIndex(path: string): boolean {
  return contentOf(`${path}-shm`) !== "missing";
}

function contentOf(path: string): string {
  try {
    return new TextDecoder("latin1").decode(Deno.readFileSync(path));
  } catch {
    return "missing";
  }
}
