// Threads inside an operation of SQLite that does not end and cannot be interrupted. Runs anywhere.

import { within } from "../deadline.ts";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import type { Failed } from "../outcome.ts";
import type { DatabaseCode } from "./session.ts";

/** A thread that does not answer. */
export interface StuckThread {
  /** Whose migration it runs. */
  readonly plugin: string;
  /** The database that it has open; `null` where it rehearses. */
  readonly open: DatabaseAddress | null;
}

// One for a file that is wrong, and one more for its correction.
const MOST_STUCK = 2;

/** Follows threads; no method may throw or wait. */
export interface StuckThreadsObserver {
  onStuck(thread: StuckThread): void;
  /** The operation has ended after all. */
  onFreed(thread: StuckThread): void;
}

/**
 * The stuck threads of a process. Deno ends a thread only between two of its tasks, so each of them
 * takes a core until its operation ends. One that rehearses keeps no run waiting, because it has no
 * database open; but to keep one plugin from taking all cores, no migration of it is rehearsed or
 * run beside two of them.
 */
export class StuckThreads {
  readonly #threads = new Map<StuckThread, Promise<unknown>>();
  readonly #observer: StuckThreadsObserver;

  constructor(observer: StuckThreadsObserver) {
    this.#observer = observer;
  }

  /** How many there are now. */
  get count(): number {
    return this.#threads.size;
  }

  /** Adds a thread until its operation ends, when `end` settles; returns that moment. */
  async add(thread: StuckThread, end: Promise<unknown>): Promise<void> {
    this.#threads.set(thread, end.catch(() => {}));
    this.#observer.onStuck(thread);
    await this.#threads.get(thread);
    this.#threads.delete(thread);
    this.#observer.onFreed(thread);
  }

  /** Waits until no stuck thread has a database open, but no longer than `limitMs`. */
  async untilClosed(address: DatabaseAddress, limitMs: number): Promise<void> {
    const ends = this.#withOpen(address).map((thread) => this.#threads.get(thread));
    if (ends.length > 0) await within(limitMs, Promise.all(ends));
  }

  /**
   * Why no other thread may open a database; `null` where it may. A descriptor that the stuck
   * thread closes would drop the locks of the other one.
   */
  whyNotOpened(address: DatabaseAddress): Failed<DatabaseCode> | null {
    const name = databaseName(address);
    const isOpen = this.#withOpen(address).length > 0;
    return isOpen ? stuckIn(`the database of "${name}"`, `"${name}" is not opened`) : null;
  }

  /** Why no migration of a plugin is rehearsed or run; `null` where it is. */
  whyNotRun(plugin: string): Failed<DatabaseCode> | null {
    const count = [...this.#threads.keys()].filter((each) => each.plugin === plugin).length;
    return count >= MOST_STUCK
      ? stuckIn(`a migration of "${plugin}"`, "no migration of it is run")
      : null;
  }

  #withOpen(address: DatabaseAddress): readonly StuckThread[] {
    const name = databaseName(address);
    return [...this.#threads.keys()].filter(({ open }) =>
      open !== null && databaseName(open) === name
    );
  }
}

function stuckIn(what: string, consequence: string): Failed<DatabaseCode> {
  return {
    ok: false,
    code: "unavailable",
    message: `An operation of SQLite on ${what} goes on beyond its time limit and cannot be ` +
      `interrupted; ${consequence} before it ends. Correct the file; restart the service if it does ` +
      `not end`,
  };
}
