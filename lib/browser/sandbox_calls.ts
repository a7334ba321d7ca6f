// The calls of the sandbox that the owner answers for all tabs: the one list of them. Runs
// anywhere.

import type { Failed } from "../outcome.ts";
import { failureReply, withVerb } from "../handler/failure.ts";
import { VERBS } from "../message/verbs.ts";
import type { Sandbox } from "./sandbox.ts";

/** A call that each tab answers itself. */
export type OwnCall = "subscribe" | "connectNats" | "disconnectNats" | "close";

/** A call that a guest forwards to the owner. */
export type CallName = Exclude<keyof Sandbox, OwnCall>;

/** The arguments of a call. */
export type CallArguments<C extends CallName> = Parameters<Sandbox[C]>;

/** The value of a call. */
export type CallValue<C extends CallName> = Awaited<ReturnType<Sandbox[C]>>;

/** One call. */
export type Call<C extends CallName> = (...args: CallArguments<C>) => Promise<CallValue<C>>;

/** Every call. */
export type SandboxCalls = { readonly [C in CallName]: Call<C> };

/**
 * The value of a call whose owner closed before it answered; `null` where the call only reads, so
 * that the next owner can answer it.
 */
export type ValueWithoutOwner<C extends CallName> = (
  ...args: CallArguments<C>
) => CallValue<C> | null;

/** Makes one object of all calls. */
export function sandboxCalls(
  make: <C extends CallName>(name: C, withoutOwner: ValueWithoutOwner<C>) => Call<C>,
): SandboxCalls {
  return {
    request: make(
      "request",
      (verb, plugin) =>
        VERBS[verb].access === "read"
          ? null
          : withVerb(verb, failureReply("DATABASE_UNAVAILABLE", plugin, OWNER_GONE.message)),
    ),
    plugins: make("plugins", readAgain),
    sourceProblems: make("sourceProblems", readAgain),
    files: make("files", readAgain),
    compareApplied: make("compareApplied", readAgain),
    compareSchema: make("compareSchema", readAgain),
    schema: make("schema", readAgain),
    query: make("query", (_plugin, { access }) => access === "write" ? OWNER_GONE : null),
    stopQuery: make("stopQuery", readAgain),
    exportDatabase: make("exportDatabase", readAgain),
    deleteBackup: make("deleteBackup", failWrite),
    importDatabase: make("importDatabase", failWrite),
    readDatabase: make("readDatabase", readAgain),
    rehearse: make("rehearse", readAgain),
    saveFiles: make("saveFiles", failWrite),
    deleteFiles: make("deleteFiles", failWrite),
    fleet: make("fleet", readAgain),
  };
}

const OWNER_GONE: Failed = {
  ok: false,
  code: "owner-gone",
  message: "The tab that owned the database has closed; " +
    "what was not committed is rolled back, so request status before anything else",
};

function readAgain(): null {
  return null;
}

function failWrite(): Failed {
  return OWNER_GONE;
}
