// Names the run that holds a database. Pure; runs anywhere.

import type { RunSnapshot } from "../lock/run_snapshot.ts";
import type { ProgressMessage } from "../message/reply.ts";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";

/** Writes `"quote-db" is held by an apply by ada since ...`. */
export function describeHolder(address: DatabaseAddress, snapshot: RunSnapshot | null): string {
  return `"${databaseName(address)}" is held by ${describeRun(snapshot)}`;
}

function describeRun(snapshot: RunSnapshot | null): string {
  if (snapshot === null) return "another run";
  const { verb, started_by: by, started_at: since } = snapshot.progress;
  return `${RUNS[verb]} by ${by} since ${since}`;
}

const RUNS: Readonly<Record<ProgressMessage["verb"], string>> = {
  apply: "an apply",
  backup: "a backup",
  restore: "a restore",
  rollback: "a rollback",
};
