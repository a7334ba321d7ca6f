// Reads a database that a run may hold. Runs wherever handlers run.

import type { DatabaseOutcome, DatabaseSession } from "../database/session.ts";
import type { RunSnapshot } from "../lock/run_snapshot.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { HandlerContext } from "./context.ts";

/** Where to read: the last snapshot of the run that holds the database, or the database. */
interface Readers<T> {
  readonly snapshot: (snapshot: RunSnapshot) => T;
  readonly database: (session: DatabaseSession) => Promise<DatabaseOutcome<T>>;
}

/** Reads the snapshot of a run at once, and the database where none is running. */
export async function readBesideRuns<T>(
  address: DatabaseAddress,
  { locks, databases }: HandlerContext,
  readers: Readers<T>,
): Promise<DatabaseOutcome<T>> {
  const readSnapshot = (): DatabaseOutcome<T> | null => {
    const snapshot = locks.current(address);
    return snapshot === null ? null : { ok: true, value: readers.snapshot(snapshot) };
  };
  const readDatabase = async (): Promise<DatabaseOutcome<T>> => {
    await using session = await databases.open({ kind: "plugin", ...address }, "read");
    const read = await readers.database(session);
    // A run may have begun in between, and no other thread can open the database then.
    return read.ok ? read : readSnapshot() ?? read;
  };
  const first = readSnapshot() ?? await readDatabase();
  // A run of another process may have begun and ended in between.
  return first.ok ? first : await readDatabase();
}
