// A session on a database that is not opened. Runs anywhere.

import type { Failed } from "../outcome.ts";
import type { DatabaseCode, DatabaseSession } from "./session.ts";

/** A session of which every call has the same failure. */
export function failingSession(failed: Failed<DatabaseCode>): DatabaseSession {
  const fail = (): Promise<Failed<DatabaseCode>> => Promise.resolve(failed);
  return {
    history: fail,
    log: fail,
    load: fail,
    prepare: fail,
    generate: fail,
    dump: fail,
    execute: fail,
    listBackups: fail,
    makeBackup: fail,
    restore: fail,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
