// Compares the history of a database with the files of its plugin; nothing is rehearsed. Runs
// wherever handlers run.

import type { LoadedFiles } from "../database/session.ts";
import { type Finding, isError } from "../finding/finding.ts";
import type { Outcome } from "../outcome.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { currentVersion, type History, notApplied } from "../plan/history.ts";
import { driftFindings } from "../rule/drift.ts";
import type { HandlerContext } from "./context.ts";
import { readBesideRuns } from "./read_beside_runs.ts";

/** What a history says beside the files. */
export interface ComparedDatabase {
  readonly history: History;
  /** The highest applied version. */
  readonly currentVersion: number;
  /** How many files are not applied. */
  readonly pending: number;
  /** How many of them failed. */
  readonly failed: number;
  /** Files that changed, vanished or came late after others were applied. */
  readonly drift: readonly Finding[];
  /** Whether a run has the database. */
  readonly isLocked: boolean;
}

/** Reads and parses the files of a plugin. */
export async function loadFiles(
  plugin: string,
  { source, databases }: HandlerContext,
): Promise<Outcome<LoadedFiles>> {
  const found = await source.find(plugin);
  if (!found.found) return { ok: false, code: "no-plugin", message: found.message };
  await using session = await databases.open({ kind: "empty", plugin }, "read");
  return await session.load(found.files);
}

/** Compares one database, beside a run as the run's last snapshot says. */
export async function compareDatabase(
  address: DatabaseAddress,
  files: LoadedFiles,
  context: HandlerContext,
): Promise<Outcome<ComparedDatabase>> {
  const read = await readBesideRuns<Pick<ComparedDatabase, "history" | "isLocked">>(
    address,
    context,
    {
      snapshot: ({ history }) => ({ history, isLocked: true }),
      database: async (session) => {
        const history = await session.history();
        return history.ok
          ? { ok: true, value: { history: history.value, isLocked: false } }
          : history;
      },
    },
  );
  if (!read.ok) return read;
  const { history, isLocked } = read.value;
  return {
    ok: true,
    value: {
      history,
      currentVersion: currentVersion(history),
      pending: notApplied(files.migrations, history).length,
      failed: history.filter(({ status }) => status === "failed").length,
      drift: driftFindings(files, history).filter(isError),
      isLocked,
    },
  };
}
