// What godwit answers beside a native program, as docs/OPERATIONS.md tells it.

import type { Verb } from "../../lib/message/verbs.ts";
import type { JournalMode, NativeState } from "./native_states.ts";

export type Answer = "works" | "waits, then says so";

export interface TriedRequest {
  readonly verb: Verb;
  readonly body: object;
  /** The version that the database is at before. */
  readonly startsAt: number;
}

export const REQUESTS: Readonly<Record<string, TriedRequest>> = {
  "status": { verb: "status", body: {}, startsAt: 0 },
  "dry run": { verb: "apply", body: { dry_run: true }, startsAt: 0 },
  "apply": { verb: "apply", body: {}, startsAt: 0 },
  "rollback": { verb: "rollback", body: { target_version: 0 }, startsAt: 2 },
};

type Answers = Readonly<Record<string, Answer>>;

const EVERYTHING: Answers = {
  "status": "works",
  "dry run": "works",
  "apply": "works",
  "rollback": "works",
};
const READING: Answers = {
  ...EVERYTHING,
  "apply": "waits, then says so",
  "rollback": "waits, then says so",
};
const NOTHING: Answers = {
  "status": "waits, then says so",
  "dry run": "waits, then says so",
  "apply": "waits, then says so",
  "rollback": "waits, then says so",
};

export const EXPECTED: Readonly<Record<JournalMode, Readonly<Record<NativeState, Answers>>>> = {
  delete: {
    nobody: EVERYTHING,
    idle: EVERYTHING,
    reading: READING,
    writing: READING,
    exclusive: NOTHING,
    killed: EVERYTHING,
  },
  wal: {
    nobody: EVERYTHING,
    idle: EVERYTHING,
    reading: EVERYTHING,
    writing: READING,
    // Readers of a log need no lock that a writer takes.
    exclusive: READING,
    killed: EVERYTHING,
  },
};
