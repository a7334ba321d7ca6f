// Routes calls to the tab that owns the sandbox, and to the next owner if that tab closes. Runs
// anywhere.

import type { Failed } from "../../outcome.ts";
import { failureReply, withVerb } from "../../handler/failure.ts";
import { VERBS } from "../../message/verbs.ts";
import type { Ending } from "../../database/ending.ts";
import type { SandboxCalls } from "../sandbox_calls.ts";

/** The present owner. */
export interface Answerer {
  readonly calls: SandboxCalls;
  /** Ends when the owner is gone; `null` if this tab is the owner. */
  readonly lost: Ending<typeof LOST> | null;
}

/** The result of a call whose owner is gone. */
export const LOST: unique symbol = Symbol("the owner is gone");

const GONE = "The tab that owned the database has closed; " +
  "what was not committed is rolled back, so request status before anything else";

/**
 * Makes calls that the owner answers. `current` waits until there is one. If the owner is gone
 * before it has answered, a call that only reads is sent again to the next owner, and a call that
 * writes fails, because it may have been carried out.
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

  const gone: Failed = { ok: false, code: "owner-gone", message: GONE };
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
