// Brings calls to the tab that owns the sandbox, and to the next one where that tab closes. Runs anywhere.

import { failureReply, withVerb } from "../handler/failure.ts";
import { VERBS } from "../message/verbs.ts";
import type { Ending } from "../worker/ending.ts";
import type { SandboxCalls } from "./sandbox_calls.ts";

/** Who answers calls at the moment. */
export interface Answerer {
  readonly calls: SandboxCalls;
  /** Comes when it is no longer there; `null` where it is this very tab. */
  readonly lost: Ending<typeof LOST> | null;
}

/** What a call yields whose owner has gone. */
export const LOST: unique symbol = Symbol("the owner is gone");

const GONE = "The tab that owned the database closed meanwhile; " +
  "what was not committed is undone, so ask for status before anything else";

/**
 * Makes calls of the answerer that `current` finds, which may take until there is one. What only reads
 * is asked again of the next owner; what writes may have been done, and says so.
 */
export function routeCalls(current: () => Promise<Answerer>): SandboxCalls {
  async function ask<T>(call: (calls: SandboxCalls) => Promise<T>): Promise<T | typeof LOST> {
    const { calls, lost } = await current();
    return await (lost === null ? call(calls) : lost.before(call(calls)));
  }

  async function reading<T>(call: (calls: SandboxCalls) => Promise<T>): Promise<T> {
    while (true) {
      const answer = await ask(call);
      if (answer !== LOST) return answer;
    }
  }

  async function writing<T>(call: (calls: SandboxCalls) => Promise<T>, gone: T): Promise<T> {
    const answer = await ask(call);
    return answer === LOST ? gone : answer;
  }

  const gone = { ok: false, message: GONE } as const;
  return {
    request: (verb, plugin, payload, via) =>
      VERBS[verb].access === "read"
        ? reading((calls) => calls.request(verb, plugin, payload, via))
        : writing(
          (calls) => calls.request(verb, plugin, payload, via),
          withVerb(verb, failureReply("DATABASE_UNAVAILABLE", plugin, GONE)),
        ),
    plugins: () => reading((calls) => calls.plugins()),
    sourceProblems: () => reading((calls) => calls.sourceProblems()),
    files: (plugin, draft) => reading((calls) => calls.files(plugin, draft)),
    schema: (plugin) => reading((calls) => calls.schema(plugin)),
    query: (plugin, query) =>
      query.access === "read"
        ? reading((calls) => calls.query(plugin, query))
        : writing((calls) => calls.query(plugin, query), gone),
    exportDatabase: (plugin, backup) => reading((calls) => calls.exportDatabase(plugin, backup)),
    backups: (plugin) => reading((calls) => calls.backups(plugin)),
    deleteBackup: (plugin, backup) => writing((calls) => calls.deleteBackup(plugin, backup), gone),
    importDatabase: (plugin, bytes) =>
      writing((calls) => calls.importDatabase(plugin, bytes), gone),
    keepFiles: (plugin, files) => writing((calls) => calls.keepFiles(plugin, files), gone),
    forgetFiles: (plugin) => writing((calls) => calls.forgetFiles(plugin), gone),
  };
}
