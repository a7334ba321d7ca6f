// Lets every single storage operation of an apply and of a rollback fail, and looks at the outcome.

import { dispatch } from "../../lib/handler/dispatch.ts";
import type { Reply } from "../../lib/message/any_reply.ts";
import type { Migration } from "../../lib/migration/migration.ts";
import { type Fault, faultStorage, type StorageOperation } from "../support/fault_storage.ts";
import { type Files, memoryStorage } from "../../lib/vfs/memory_storage.ts";
import type { Storage } from "../../lib/vfs/storage.ts";
import { directContext } from "./direct_context.ts";
import { type Engine, openDatabase, startEngine } from "./engine.ts";
import { DATABASE, PLUGIN } from "./migration_session.ts";
import { type DatabaseState, readState } from "./recovered_state.ts";

/** A fault, and whether it lasts until somebody mends the disk. */
export interface FaultPlan extends Fault {
  readonly lasting: boolean;
}

export const SINGLE_EIO: FaultPlan = { code: "EIO", effect: "none", lasting: false };
export const LASTING_EIO: FaultPlan = { ...SINGLE_EIO, lasting: true };
/** A write puts down half its bytes first. */
export const SINGLE_ENOSPC: FaultPlan = { code: "ENOSPC", effect: "half-done", lasting: false };
export const LASTING_ENOSPC: FaultPlan = { ...SINGLE_ENOSPC, lasting: true };

/** All of them. */
export const FAULTS = [SINGLE_EIO, LASTING_EIO, SINGLE_ENOSPC, LASTING_ENOSPC];

/** What was tried, and what was wrong. */
export interface FaultReport {
  /** Requests of which one operation failed. */
  readonly faults: number;
  /** Requests that succeeded all the same. */
  readonly succeeded: number;
  /**
   * Requests that failed and were found done: the log was written and could not be flushed, and the
   * disk let nobody take it back.
   */
  readonly undecided: number;
  readonly problems: readonly string[];
}

/** Tries faults while `version` is applied, and while it is rolled back. */
export async function injectFaults(
  migrations: readonly Migration[],
  version: number,
  faults: readonly FaultPlan[],
): Promise<FaultReport> {
  const bench = new Bench(migrations, await startEngine());
  const before = await bench.filesAt(version - 1);
  const after = await bench.filesAt(version);
  // Not every rollback brings back what an apply dropped.
  const back = await bench.run(after, "rollback", version - 1);
  const reports: FaultReport[] = [];
  for (const fault of faults) {
    reports.push(await bench.failEach("apply", version, before, after, fault));
    reports.push(await bench.failEach("rollback", version - 1, after, back, fault));
  }
  return {
    faults: reports.reduce((sum, report) => sum + report.faults, 0),
    succeeded: reports.reduce((sum, report) => sum + report.succeeded, 0),
    undecided: reports.reduce((sum, report) => sum + report.undecided, 0),
    problems: reports.flatMap(({ problems }) => problems),
  };
}

class Bench {
  readonly #migrations: readonly Migration[];
  readonly #engine: Engine;

  constructor(migrations: readonly Migration[], engine: Engine) {
    this.#migrations = migrations;
    this.#engine = engine;
  }

  async filesAt(version: number): Promise<Files> {
    return version === 0 ? new Map() : await this.run(new Map(), "apply", version);
  }

  /** The files after a request without faults. */
  async run(files: Files, verb: "apply" | "rollback", target: number): Promise<Files> {
    const memory = memoryStorage(files);
    const reply = await this.#ask(memory, verb, target);
    if (!reply.success) throw new Error(reply.message);
    return memory.files();
  }

  async failEach(
    verb: "apply" | "rollback",
    target: number,
    from: Files,
    to: Files,
    plan: FaultPlan,
  ): Promise<FaultReport> {
    const problems: string[] = [];
    const expected = { before: this.#read(from), after: this.#read(to) };
    let succeeded = 0;
    let undecided = 0;
    for (let faults = 1;; faults++) {
      const memory = memoryStorage(from);
      const failures: StorageOperation[] = [];
      let isMended = false;
      const storage = faultStorage(memory, (operation) => {
        const hits = operation.number === faults || (plan.lasting && operation.number > faults);
        if (!hits || isMended) return null;
        failures.push(operation);
        return plan;
      });
      const reply = await this.#ask(storage, verb, target);
      const [failed] = failures;
      if (failed === undefined) return { faults: faults - 1, succeeded, undecided, problems };
      if (reply.success) succeeded += 1;
      isMended = true;
      const { kind, path } = failed;
      const found = this.#read(memory.files());
      if (!reply.success && isSame(found, expected.after)) {
        undecided += 1;
        if (!plan.lasting || !path.endsWith("-wal")) {
          problems.push(
            `${verb} to ${target}, ${plan.code} at ${faults} (${kind} ${path}): it said that it ` +
              `failed, and it is done: ${reply.message}`,
          );
        }
      }
      const problem = this.#judge(reply, plan, found, expected) ??
        await this.#tryAgain(storage, verb, target, memory, expected.after);
      if (problem !== null) {
        const how = `${plan.code}${plan.lasting ? " from then on" : ""}`;
        problems.push(`${verb} to ${target}, ${how} at ${faults} (${kind} ${path}): ${problem}`);
      }
    }
  }

  #judge(
    reply: Reply,
    { code }: FaultPlan,
    found: DatabaseState,
    expected: { readonly before: DatabaseState; readonly after: DatabaseState },
  ): string | null {
    const isAfter = isSame(found, expected.after);
    const isBefore = isSame(found, expected.before);
    if (reply.success) return isAfter ? null : "it said that all is done, and it is not";
    if (!isBefore && !isAfter) return `between two versions: ${JSON.stringify(reply)}`;
    if (reply.error_code !== "DATABASE_UNAVAILABLE") return `reply ${JSON.stringify(reply)}`;
    if (!reply.message.includes(`(${code})`)) return `no cause in "${reply.message}"`;
    return null;
  }

  async #tryAgain(
    storage: Storage,
    verb: "apply" | "rollback",
    target: number,
    memory: { files(): Files },
    after: DatabaseState,
  ): Promise<string | null> {
    const reply = await this.#ask(storage, verb, target);
    if (!reply.success) return `the next request failed: ${reply.message}`;
    return isSame(this.#read(memory.files()), after)
      ? null
      : "the next request left something else";
  }

  async #ask(storage: Storage, verb: "apply" | "rollback", target: number): Promise<Reply> {
    this.#engine.plug(storage);
    const payload = new TextEncoder().encode(JSON.stringify({ target_version: target }));
    return await dispatch(verb, PLUGIN, payload, directContext(this.#engine, this.#migrations));
  }

  #read(files: Files): DatabaseState {
    this.#engine.plug(memoryStorage(files));
    using connection = openDatabase(this.#engine, DATABASE);
    return readState(connection);
  }
}

function isSame(one: DatabaseState, other: DatabaseState): boolean {
  return one.ownContents === other.ownContents && one.version === other.version;
}
